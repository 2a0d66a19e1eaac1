# initdb, the server with its shared memory and checkpoints, a client, pgbench, and an ordinary stop.
set -eu
PATH=$(echo /usr/lib/postgresql/*/bin):/usr/bin:/bin
export PATH LANG=C PGHOST=/tmp PGUSER=postgres PGDATABASE=postgres
initdb -A trust -D /var/pg -U postgres >/dev/null && echo ok initdb
pg_ctl -D /var/pg -w -l /var/pg.log -o '-k /tmp -h 127.0.0.1' start >/dev/null && echo ok start || cat /var/pg.log
[ "$(psql -Atc 'select 6 * 7')" = 42 ] && echo ok query
pgbench -q -i -s 1 >/dev/null 2>&1 && echo ok load
pgbench -c 4 -j 2 -t 20 >/dev/null 2>&1 && echo ok transactions
psql -qAt -c checkpoint -c 'vacuum analyze' && echo ok vacuum
pg_ctl -D /var/pg -w -m fast stop >/dev/null && echo ok stop
echo done
