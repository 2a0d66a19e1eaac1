use strict; use warnings; use Socket; use IO::Select; use IPC::SysV qw(IPC_PRIVATE IPC_RMID S_IRUSR S_IWUSR); use POSIX qw(:sys_wait_h mkfifo);
use Fcntl qw(:flock); use Time::HiRes qw(usleep ualarm); use threads;
$| = 1;
sub ok { my ($name, $value) = @_; die "failed: $name: $!" unless $value; print "ok $name\n" }
pipe(my $reader, my $writer);
my $child = fork // die; if (!$child) { print $writer "child\n"; close $writer; POSIX::_exit(3) }
close $writer; ok "pipe", <$reader> eq "child\n"; waitpid $child, 0; ok "status", $? >> 8 == 3;
socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC); syswrite $a, "x"; ok "select", IO::Select->new($b)->can_read(1) == 1;
my $memory = shmget(IPC_PRIVATE, 4096, S_IRUSR | S_IWUSR); ok "shared memory", defined $memory;
ok "write", shmwrite($memory, "text", 0, 4) && shmctl($memory, IPC_RMID, 0);
my $semaphores = semget(IPC_PRIVATE, 1, S_IRUSR | S_IWUSR); ok "semaphore", semop($semaphores, pack("s!3", 0, 1, 0));
my $queue = msgget(IPC_PRIVATE, S_IRUSR | S_IWUSR); ok "queue", msgsnd($queue, pack("l! a*", 1, "x"), 0) && msgctl($queue, IPC_RMID, 0);
open my $file, "+>", "/var/perl"; ok "lock", flock($file, LOCK_EX | LOCK_NB); print $file "x"; close $file;
ok "rename", rename("/var/perl", "/var/perl2"); ok "permissions", chmod(0600, "/var/perl2"); ok "times", utime(1, 1, "/var/perl2");
ok "named pipe", mkfifo("/var/fifo", 0600); ok "sleep", usleep(1000) >= 0;
my $rang = 0; $SIG{ALRM} = sub { $rang = 1 }; ualarm(1000); sleep 5 unless $rang; ok "alarm", $rang;
ok "thread", threads->create(sub { 42 })->join == 42;
ok "backquotes", `echo shell` eq "shell\n"; ok "names", (POSIX::uname())[1] eq "sandbox";
$0 = "renamed"; ok "title", 1; print "done\n";
