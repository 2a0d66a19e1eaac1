#!/bin/sh
# Runs inside the grain, below the bridge. Everything of the grain is one file in /var.
set -eu
repository=/var/repository.fossil

if [ ! -e "$repository" ]; then
    # Made under another name first: a grain stopped half-way starts anew.
    rm -f /var/new.fossil
    fossil init --admin-user owner --project-name "My repository" /var/new.fossil >/dev/null
    # Who may do what is decided outside; nginx passes the answer on as the name of one of two accounts. Nobody knows
    # their passwords.
    fossil sql --repository /var/new.fossil "
        REPLACE INTO config(name, value, mtime) VALUES('remote_user_ok', '1', now());
        INSERT INTO user(login, pw, cap, info, mtime) VALUES('editor', '', 'bcdefhijkmnortw234z', 'may write', now());
        UPDATE user SET pw = lower(hex(randomblob(20))) WHERE login IN ('owner', 'editor');"
    mv /var/new.fossil "$repository"
fi

fossil server --scgi --localhost --port 8001 --nojail --jsmode bundled "$repository" &
until nc -w 1 127.0.0.1 8001 </dev/null >/dev/null 2>&1; do :; done
exec nginx -c /etc/nginx.conf
