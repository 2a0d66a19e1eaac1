#!/bin/sh
# Runs inside the grain, below the bridge. Pages and settings of the wiki are in /var.
set -eu

if [ ! -e /var/conf/local.php ]; then
    mkdir -p /var/data /var/conf
    cp -a /usr/share/new-wiki/data/. /var/data/
    cp /etc/dokuwiki/new/* /var/conf/
    # Last, because it says that the rest is there: a grain stopped half-way starts anew.
    cp /etc/dokuwiki/local.php.dist /var/conf/local.php
fi
# These settings follow the package, not the grain.
cp /etc/dokuwiki/local.protected.php /var/conf/

exec php8.2 -q -c /etc/php.ini -S 127.0.0.1:8000 -t /usr/share/dokuwiki /etc/dokuwiki/router.php
