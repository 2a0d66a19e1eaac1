# /usr/bin/php is a link into /etc, which is not there.
set -- /usr/bin/php[0-9]*
exec "$1" -n -d extension_dir="$(echo /usr/lib/php/2*)" -d extension=pdo -d extension=pdo_sqlite /test/php.php
