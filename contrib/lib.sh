# Sourced by the scripts beside it.
set -euo pipefail
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/.build
cd "$root"

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { echo "$*" >&2; exit 1; }

# The folder that `swift build -c CONFIGURATION` writes to.
programs_of() { echo "$build/$1"; }

# Our own builds stop at a warning; a packager's do not.
export BARCHAN_STRICT=${BARCHAN_STRICT-1}
