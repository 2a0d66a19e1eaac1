# acl.auth.php
# <?php exit()?>
# Everybody who reaches the grain may read; `edit` and `admin` are permissions that come from outside.
*               @ALL        1
*               @edit       16
