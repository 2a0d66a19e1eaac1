#!/bin/sh
# Runs inside the grain, below the bridge.
set -eu
mkdir -p /var/files /var/tmp
exec nginx -c /etc/nginx.conf
