import Glibc
import HTTPBridge

exit(runBridge(Array(CommandLine.arguments.dropFirst())))
