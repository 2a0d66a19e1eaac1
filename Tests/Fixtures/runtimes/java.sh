# The JRE without a compiler: a key pair, its certificate, and a look at the store.
set -eu
set -- /usr/lib/jvm/java-*-openjdk-*/bin/java
home=$(dirname "$(dirname "$1")")
# Without procfs the launcher cannot find its own libraries.
export LD_LIBRARY_PATH=$home/lib:$home/lib/jli:$home/lib/server
"$home/bin/java" -version >/dev/null 2>&1 && echo ok machine
"$home/bin/java" -XX:+UseG1GC -XX:+UseTransparentHugePages -version >/dev/null 2>&1 && echo ok collector
"$home/bin/java" -XX:ActiveProcessorCount=2 -Xint -version >/dev/null 2>&1 && echo ok interpreter
"$home/bin/keytool" -genkeypair -alias a -keyalg RSA -keystore /var/store -storepass secret -dname CN=a >/dev/null 2>&1 && echo ok key
"$home/bin/keytool" -list -keystore /var/store -storepass secret | grep -q PrivateKeyEntry && echo ok store
echo done
