#!/bin/sh
# Runs inside the grain, below the bridge. One repository, /var/git/repository.git.
set -eu
if [ ! -e /var/git/repository.git ]; then
    mkdir -p /var/git
    # Made under another name first: a grain stopped half-way starts anew.
    rm -rf /var/git/new
    git init -q --bare --initial-branch=main --template= /var/git/new
    # Whether somebody may push is decided outside; nginx lets nobody else through.
    git -C /var/git/new config http.receivepack true
    mv /var/git/new /var/git/repository.git
fi
fcgiwrap -c 2 -s unix:/tmp/fcgi &
exec nginx -c /etc/nginx.conf
