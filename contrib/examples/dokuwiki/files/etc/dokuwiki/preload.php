<?php
// Settings, access rules and the like of this wiki; DOKU_MAIN_CONF, in the package, has the defaults.
if (!defined('DOKU_CONF')) define('DOKU_CONF', '/var/conf/');
