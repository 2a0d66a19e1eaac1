# A program written in Go: its scheduler, collector and polling, without libc.
set -eu
[ "$(printf '%s\n' alpha beta gamma | fzf --filter bet)" = beta ] && echo ok filter
[ "$(seq 200000 | GOGC=5 GOMAXPROCS=8 fzf --filter 19999 | wc -l)" -ge 10 ] && echo ok threads
echo done
