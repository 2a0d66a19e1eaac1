import CLinux
import Glibc
import HTTPBridge

// There is no procfs in a grain, so CommandLine.arguments is empty there; see CLinux.c.
clinux_restore_environment()
exit(runBridge((1..<max(1, clinux_argument_count())).map { String(cString: clinux_argument($0)) }))
