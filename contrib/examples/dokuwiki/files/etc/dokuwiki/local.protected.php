<?php
// What the settings page cannot change, because it follows from running in a grain.
$conf['savedir'] = '/var/data';
$conf['useacl'] = 1;
$conf['authtype'] = 'authgrain';
$conf['superuser'] = '@admin';
$conf['disableactions'] = 'register,resendpwd,profile,profile_delete,login,logout,check';
$conf['updatecheck'] = 0;
$conf['basedir'] = '';
$conf['baseurl'] = '';
$conf['dmode'] = 0770;
$conf['fmode'] = 0660;
$conf['xsendfile'] = 0;
