<?php
// For PHP's own web server: what may be fetched, and by which script.
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$root = '/usr/share/dokuwiki';
$inside = preg_match('#^/(lib/|doku\.php|index\.php|feed\.php|$)#', $path) && strpos($path, '/.') === false;
if (!$inside || preg_match('#^/lib/(plugins|tpl)/.*\.(php|ini|txt|xml)$#', $path)) {
    // Scripts of plugins are called through doku.php, never by their own address.
    http_response_code(404);
    echo 'Not found';
    return true;
}
if ($path === '/') {
    header('Location: /doku.php');
    return true;
}
// The first request's host name must not stay in links: DokuWiki makes them from this request's.
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') $_SERVER['HTTPS'] = 'on';
return false;
