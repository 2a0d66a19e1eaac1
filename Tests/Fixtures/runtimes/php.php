<?php
// Before anything is printed.
session_save_path("/tmp"); ini_set("session.use_cookies", "0"); session_cache_limiter(""); session_start(); $_SESSION["a"] = 1; session_write_close();
function ok($name, $value = true) { if (!$value) { echo "failed: $name\n"; exit(1); } echo "ok $name\n"; }
$database = new PDO("sqlite:/var/php.db");
ok("sqlite wal", $database->query("pragma journal_mode=wal")->fetchColumn() === "wal");
$database->exec("create table t(a); insert into t values (1)");
ok("sqlite", $database->query("select a from t")->fetchColumn() == 1);
$lock = fopen("/var/php.lock", "c"); ok("lock", flock($lock, LOCK_EX | LOCK_NB));
ok("session", count(glob("/tmp/sess_*")) === 1);
$server = stream_socket_server("tcp://127.0.0.1:0"); $client = stream_socket_client("tcp://" . stream_socket_get_name($server, false));
fwrite($client, "x"); ok("socket", fread(stream_socket_accept($server), 1) === "x");
ok("process", trim(shell_exec("echo shell")) === "shell");
$process = proc_open(["/bin/cat"], [["pipe", "r"], ["pipe", "w"]], $pipes); fwrite($pipes[0], "x"); fclose($pipes[0]);
ok("pipes", stream_get_contents($pipes[1]) === "x" && proc_close($process) === 0);
ok("random", strlen(random_bytes(16)) === 16 && password_verify("a", password_hash("a", PASSWORD_DEFAULT)));
ok("names", php_uname("n") === "sandbox"); ok("upload", tempnam("/tmp", "up") !== false);
ok("files", file_put_contents("/var/a", "x", LOCK_EX) === 1 && copy("/var/a", "/var/b") && rename("/var/b", "/var/c") && touch("/var/c", 1));
echo "done\n";
