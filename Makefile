# Every target is one script in contrib, which says what it does; this file is the list.

.PHONY: help run build test check format schemas docs bench fuzz install clean

help:
	@echo 'make run      build, pack two example apps, start a host on http://localhost:6080'
	@echo 'make build    release build'
	@echo 'make test     every test; CI=true makes a skipped test a failure'
	@echo 'make check    format, lint, layering, schemas, scripts, a short run of the fuzzers'
	@echo 'make format   reformat the sources'
	@echo 'make schemas  generate code from the Cap'"'"'n Proto schemas'
	@echo 'make docs     reference documentation in .build/docs'
	@echo 'make bench    measurements, beside what they compare with'
	@echo 'make fuzz     made-up messages and packages for the parsers and made-up grains for the transport, a bounded number'
	@echo 'make install  DESTDIR, prefix, bindir, libdir, libexecdir, docdir'

run:
	@contrib/run $(DATA)

build:
	@contrib/build release

test:
	@contrib/test

check:
	@contrib/check
	@contrib/fuzz/messages 5000
	@contrib/fuzz/packages 20000
	@contrib/fuzz/transport 2000
	@contrib/fuzz/backups 5000

format:
	@git ls-files '*.swift' ':!Tests/Fixtures' | xargs swift format --in-place --parallel

schemas:
	@contrib/schemas/generate

docs:
	@contrib/docs

bench: build
	@contrib/bench

fuzz:
	@contrib/fuzz/messages
	@contrib/fuzz/packages 500000
	@contrib/fuzz/transport 20000
	@contrib/fuzz/backups

install:
	@contrib/install $(INSTALL_OPTIONS)

clean:
	rm -rf .build/debug .build/release .build/stage .build/examples .build/artifacts
