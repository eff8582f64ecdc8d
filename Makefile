# Two commands matter: `make demo` and `make test`. Each installs the Debian packages that are missing.

PREFIX ?= /usr/local
PACKAGES = libncurses-dev zlib1g-dev
TEST_PACKAGES = tmux curl python3 python3-venv nginx-light
SCREENSHOT_PACKAGES = xterm xvfb x11-utils imagemagick tmux fonts-dejavu-core
SWIFT ?= swift

.PHONY: help demo test deps test-deps build install bench lint protobuf conformance screenshots
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# One clear line when there is no toolchain, instead of a page of errors.
define need_swift
	@command -v $(SWIFT) >/dev/null 2>&1 || { echo "make: no Swift toolchain found; install Swift 6.2 or later from https://www.swift.org/install/linux and put it on PATH" >&2; exit 1; }
endef

# Installs what is missing of $(1), with sudo when not root, and says so. RUNLEVEL=1: no server among them is started.
define install_packages
	@missing=""; for package in $(1); do dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  command -v apt-get >/dev/null 2>&1 || { echo "make: install these first:$$missing" >&2; exit 1; }; \
	  as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  echo "make: installing$$missing ($${as_root:+sudo }apt-get install)"; \
	  $$as_root apt-get update -qq && $$as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	fi
endef

deps: ## install the Debian packages that building needs
	$(call install_packages,$(PACKAGES))

test-deps: deps
	$(call install_packages,$(TEST_PACKAGES))

build: deps ## release build of ctxtop and ctxtop-backend
	$(need_swift)
	$(SWIFT) build -c release --product ctxtop
	$(SWIFT) build -c release --product ctxtop-backend

demo: build ## an embedded backend with live users, and the console on it
	@.build/release/ctxtop demo

test: test-deps ## everything that must hold: debug build and the whole suite
	$(need_swift)
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip 'ConsoleClientTests|EndToEndTests|PythonTests|FaultMatrixTests'
	$(SWIFT) test --skip-build --filter ConsoleClientTests
	$(SWIFT) test --skip-build --filter 'EndToEndTests|PythonTests'
	$(SWIFT) test --skip-build --filter FaultMatrixTests

conformance: test-deps ## RFC 6455 by the Autobahn suite, both sides; needs a Python 2.7
	$(need_swift)
	$(SWIFT) build --product ctxtop-backend && $(SWIFT) build --product websocket-testee
	@Tests/conformance/autobahn

PROTOS = Sources/ProtobufMessages
protobuf: ## the Swift code of the .proto files anew; needs protoc, and protoc-gen-swift of swift-protobuf
	protoc -I $(PROTOS) --swift_out=$(PROTOS) --swift_opt=Visibility=Package \
	  --swift_opt=UseAccessLevelOnImports=true $(PROTOS)/*.proto

lint: ## the formatter's opinion, as errors
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Benchmarks

bench: build ## measured ratios; see Benchmarks/README.md
	$(call install_packages,lnav btop gcc python3)
	@Benchmarks/run

screenshots: build ## every view as a picture, from demos, into Assets/screenshots
	$(call install_packages,$(SCREENSHOT_PACKAGES))
	@Assets/screenshots/take .build/release/ctxtop

# Behind a program, so that --version can say it; linked anew, the program knows no commit (BuildCommit.swift).
COMMIT = $(shell git rev-parse --short=12 HEAD 2>/dev/null)$(shell git diff --quiet HEAD 2>/dev/null || echo +changes)

install: build ## into PREFIX (default /usr/local)
	install -D -m 755 .build/release/ctxtop $(DESTDIR)$(PREFIX)/bin/ctxtop
	install -D -m 755 .build/release/ctxtop-backend $(DESTDIR)$(PREFIX)/bin/ctxtop-backend
	@commit="$(COMMIT)"; if [ "$${commit#+}" = "$$commit" ]; then for program in ctxtop ctxtop-backend; do \
	  printf '\nctxtop commit %s\n' "$$commit" >>$(DESTDIR)$(PREFIX)/bin/$$program; done; fi
	@set -e; for program in ctxtop ctxtop-backend; do \
	  share=$(DESTDIR)$(PREFIX)/share; run=.build/release/$$program; \
	  mkdir -p $$share/bash-completion/completions $$share/zsh/site-functions $$share/fish/vendor_completions.d; \
	  $$run --generate-completion-script bash >$$share/bash-completion/completions/$$program; \
	  $$run --generate-completion-script zsh >$$share/zsh/site-functions/_$$program; \
	  $$run --generate-completion-script fish >$$share/fish/vendor_completions.d/$$program.fish; \
	done
	mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1
	.build/release/ctxtop manual >$(DESTDIR)$(PREFIX)/share/man/man1/ctxtop.1
	.build/release/ctxtop-backend --experimental-dump-help | .build/release/ctxtop manual --of-input \
	  >$(DESTDIR)$(PREFIX)/share/man/man1/ctxtop-backend.1
	mkdir -p $(DESTDIR)$(PREFIX)/share/ctxtop && cp -r Assets/. $(DESTDIR)$(PREFIX)/share/ctxtop/
	mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system
	@set -e; for unit in listen proxy; do sed 's|@PREFIX@|$(PREFIX)|' Assets/systemd/ctxtop-$$unit.service \
	  >$(DESTDIR)$(PREFIX)/lib/systemd/system/ctxtop-$$unit.service; done
