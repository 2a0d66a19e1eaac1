<?php
/**
 * Logs in whoever the grain's host says is there. The bridge sets the headers and removes any that a browser sends.
 */
class auth_plugin_authgrain extends DokuWiki_Auth_Plugin
{
    public function __construct()
    {
        parent::__construct();
        $this->cando['external'] = true;
        $this->success = true;
    }

    public function trustExternal($user, $pass, $sticky = false)
    {
        global $USERINFO;
        $groups = array_values(array_filter(explode(',', $_SERVER['HTTP_X_SANDSTORM_PERMISSIONS'] ?? '')));
        $identity = $_SERVER['HTTP_X_SANDSTORM_USER_ID'] ?? '';
        // Somebody with a link but without an account has permissions all the same.
        if ($identity === '' && !$groups) return false;
        $name = rawurldecode($_SERVER['HTTP_X_SANDSTORM_USERNAME'] ?? 'Anonymous');
        $login = $this->cleanUser($_SERVER['HTTP_X_SANDSTORM_PREFERRED_HANDLE'] ?? '') ?: 'anonymous';
        if ($identity !== '') $login .= '-' . substr($identity, 0, 8);

        $USERINFO = ['name' => $name, 'mail' => '', 'grps' => $groups];
        $_SERVER['REMOTE_USER'] = $login;
        $_SESSION[DOKU_COOKIE]['auth']['user'] = $login;
        $_SESSION[DOKU_COOKIE]['auth']['info'] = $USERINFO;
        $this->remember($login, $name);
        return true;
    }

    /** Names of authors in the history are those of people who were here once. */
    public function getUserData($user, $requireGroups = true)
    {
        $people = $this->people();
        return isset($people[$user]) ? ['name' => $people[$user], 'mail' => '', 'grps' => []] : false;
    }

    public function cleanUser($user)
    {
        return preg_replace('/[^a-z0-9_-]/', '', strtolower($user));
    }

    private function people(): array
    {
        return json_decode(@file_get_contents('/var/conf/people.json') ?: '{}', true) ?: [];
    }

    private function remember(string $login, string $name): void
    {
        $people = $this->people();
        if (($people[$login] ?? null) === $name) return;
        $people[$login] = $name;
        io_saveFile('/var/conf/people.json', json_encode($people, JSON_UNESCAPED_UNICODE));
    }
}
