# frugal: make demo, make check, make soak, make, make manual, make install, make bench,
# make bench-service, make bench-web, make screenshots, make figures, make fuzz, make clean.
# make check-address, check-thread, check-undefined: the tests with a sanitizer.
# SAN=address|thread|undefined builds with that sanitizer, below build/SAN; V=1 shows commands.

SHELL  := /bin/bash
CC     ?= gcc
PREFIX ?= /usr/local
B      := build$(if $(SAN),/$(SAN))

ifeq ($(origin CC),default)
CC := gcc
endif
IS_CLANG := $(findstring clang,$(CC))

comma := ,

# One short line per file; V=1 shows the commands.
Q   := $(if $(V),,@)
say  = @echo "  $(1)  $@"

# The floors, from the top down; each may include only those to its right.
FLOORS := http app remote work store data spec learn base

INCLUDES := -Iserver -Iclient -Ischema -I. -I$(B)/gen
WARNINGS := -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wshadow -Wvla \
	-Wnull-dereference -Wstrict-prototypes -Wmissing-prototypes -Wimplicit-fallthrough \
	-Walloca $(if $(IS_CLANG),,-Wbidi-chars=any) $(if $(WERROR),-Werror)
HARDENING := -fstack-protector-strong -fcf-protection=full -fno-delete-null-pointer-checks \
	-fno-strict-overflow -fstack-clash-protection -fPIE
LDHARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed
ifeq ($(SAN),)
HARDENING += -D_FORTIFY_SOURCE=3 $(if $(IS_CLANG),,-ftrivial-auto-var-init=zero)
else
SANITIZERS := $(if $(filter fuzz,$(SAN)),address$(comma)undefined,$(SAN))
SANITIZE := -fsanitize=$(SANITIZERS) -fno-omit-frame-pointer \
	$(if $(findstring undefined,$(SANITIZERS)),-fno-sanitize-recover=undefined)
COVER    := $(if $(filter fuzz,$(SAN)),-fsanitize=fuzzer-no-link)
endif
CFLAGS   ?= -O2 -g
CODEFLAGS := -std=c11 -D_GNU_SOURCE $(HARDENING) $(SANITIZE) -ffp-contract=off -pthread $(CFLAGS)
ALLFLAGS := $(CODEFLAGS) $(COVER) $(INCLUDES) $(WARNINGS) -MMD -MP
LDALL    := $(LDHARDENING) $(SANITIZE) -pthread $(LDFLAGS)

LIBS_LEARN  := -lsleef -lm
LIBS_SERVER := $(LIBS_LEARN) -lmicrohttpd -lgnutls -ljansson -lsqlite3 -lz -lzip -lsodium -linih -lcurl
LIBS_CLIENT := -lcurl -ljansson -lsodium -linih -lm

objects = $(patsubst %.c,$(B)/%.o,$(1))
KERNELS := kernels_v1 kernels_v3 kernels_v4
# The core gains from -O3 as nothing else does.
$(B)/server/learn/%.o: ALLFLAGS += -O3
LEARN   := $(call objects,$(filter-out server/learn/kernels.c,$(wildcard server/learn/*.c))) \
	$(KERNELS:%=$(B)/server/learn/%.o)
HOUSE   := $(foreach f,$(filter-out learn,$(FLOORS)),$(call objects,$(wildcard server/$(f)/*.c)))
BASE    := $(call objects,$(wildcard server/base/*.c))
MAIN    := $(call objects,$(wildcard server/*.c))
CLIENT  := $(call objects,$(wildcard client/*.c))
UNIT    := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/*.c))

SANITIZED := check-address check-undefined check-thread
.PHONY: all tests schema manual core-id install uninstall deb check-deb check-image clean lint check demo figures bench bench-service bench-web screenshots \
	soak fuzz fuzzers $(SANITIZED) packages packages-check packages-bench packages-service packages-deb packages-soak
.DELETE_ON_ERROR:

all: $(B)/frugald $(B)/frugal $(B)/tests/replay

$(B)/frugald: $(MAIN) $(HOUSE) $(B)/learn.a
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ $(LIBS_SERVER)

$(B)/frugal: $(CLIENT) $(BASE)
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ $(LIBS_CLIENT)

$(B)/learn.a: $(LEARN)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# The inner loops, once for each instruction set.
MARCH_kernels_v1 := x86-64
MARCH_kernels_v3 := x86-64-v3
MARCH_kernels_v4 := x86-64-v4
$(KERNELS:%=$(B)/server/learn/%.o): $(B)/server/learn/kernels_%.o: server/learn/kernels.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALLFLAGS) -O3 -march=$(MARCH_kernels_$*) -DKERNELS=kernels_$* -c -o $@ $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALLFLAGS) -c -o $@ $<

# What is embedded: a change of these files must rebuild what holds them.
$(B)/server/store/migrate.o: $(wildcard schema/migrations/*.sql)
$(B)/server/http/assets.o: $(B)/gen/assets.def $(B)/gen/docs.html $(wildcard web/*.html web/*.css web/*.js web/*.svg)
$(B)/server/http/server_info.o: schema/openapi.yaml
$(B)/server/base/presets.o: $(B)/gen/presets.def schema/presets.json $(wildcard schema/examples/*.json)
$(MAIN) $(B)/client/version.o $(B)/tests/tools/manual.o: $(B)/gen/version.h

$(B)/gen/assets.def: web/node_modules/.package-lock.json $(wildcard web/*) web/assets.sh
	@mkdir -p $(@D)
	$(Q)sh web/assets.sh $(B)/gen > $@

$(B)/gen/docs.html: schema/openapi.yaml web/docs.mjs web/node_modules/.package-lock.json $(B)/gen/version.h
	@mkdir -p $(@D)
	$(Q)node web/docs.mjs $< "$$(sed -n 's/.*FRUGAL_VERSION "\(.*\)"/\1/p' $(B)/gen/version.h)" > $@

# The version is for people. What decides the numbers, from a stored spec on, has an identity of
# its own: of the sources, the compiler and its flags, so that two commits may share it. SLEEF,
# a shared library, joins in when the server starts.
CORE_SOURCES := $(sort $(wildcard server/learn/*.[ch] server/spec/*.[ch] \
	server/data/idx.[ch] server/data/dataset.[ch]) server/work/setup.c)
CORE_FLAGS = $(CODEFLAGS) -O3 $(foreach k,$(KERNELS),$(MARCH_$(k)))
CORE_ID = $$({ sha256sum $(CORE_SOURCES); $(CC) --version | head -n 1; echo '$(CORE_FLAGS)'; } | \
	sha256sum | cut -c1-64)

core-id:
	@echo $(CORE_ID)

$(B)/gen/presets.def: schema/presets.json server/base/presets.sh
	@mkdir -p $(@D)
	$(Q)sh server/base/presets.sh > $@

$(B)/gen/version.h: FORCE
	@mkdir -p $(@D)
	@echo '#define FRUGAL_VERSION "'$$(git describe --tags --always --dirty 2>/dev/null || echo 0.1)'"' > $@.new
	@echo '#define FRUGAL_CORE "'$(CORE_ID)'"' >> $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
FORCE:

%/node_modules/.package-lock.json: %/package-lock.json %/package.json
	cd $* && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Tests.
$(B)/tests/replay: $(B)/tests/cases/replay.o $(B)/learn.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ -ljansson $(LIBS_LEARN)

$(B)/tests/trace $(B)/tests/statistics: $(B)/tests/%: $(B)/tests/cases/%.o $(HOUSE) $(B)/learn.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ $(LIBS_SERVER)

$(B)/tests/job_schema: $(B)/tests/tools/job_schema.o $(HOUSE) $(B)/learn.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ $(LIBS_SERVER)

# The published schema of job specs, from the table of fields; a test compares the two.
schema: $(B)/tests/job_schema
	$(B)/tests/job_schema > schema/job.schema.json

# The manual: templates, filled from the tables of the code.
MANUAL := $(patsubst schema/manual/%.in,$(B)/man/%,$(wildcard schema/manual/*.in))
manual: $(MANUAL)

$(B)/tests/manual_client: $(B)/tests/tools/manual_client.o $(B)/tests/tools/manual.o \
		$(filter-out %/main.o,$(CLIENT)) $(BASE)
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ $(LIBS_CLIENT)

$(B)/tests/manual_server: $(B)/tests/tools/manual_server.o $(B)/tests/tools/manual.o \
		$(B)/server/options.o $(HOUSE) $(B)/learn.a
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ $(LIBS_SERVER)

$(B)/man/frugal.1: $(B)/tests/manual_client
$(filter-out $(B)/man/frugal.1,$(MANUAL)): $(B)/tests/manual_server
$(MANUAL): $(B)/man/%: schema/manual/%.in
	@mkdir -p $(@D)
	$(Q)$(filter $(B)/tests/manual_%,$^) < $< > $@

$(UNIT): $(B)/tests/%: $(B)/tests/unit/%.o $(HOUSE) $(B)/learn.a
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ -lcmocka $(LIBS_SERVER)

$(B)/tests/test_number: $(B)/client/number.o

# Faults that tests inject; the programs themselves know nothing of them.
FAULTS := $(B)/tests/crash_run.so $(B)/tests/no_thread.so
$(B)/tests/%.so: tests/programs/%.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -fPIE,$(ALLFLAGS)) -fPIC -shared -o $@ $< -ldl

tests: $(B)/tests/replay $(B)/tests/trace $(B)/tests/statistics $(FAULTS) $(UNIT) $(MANUAL)

# Fuzz targets, and a run of them: FUZZ_SECONDS for each, FUZZ chooses.
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/*.c))
$(FUZZERS): $(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(HOUSE) $(B)/learn.a
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -fsanitize=fuzzer -o $@ $^ $(LIBS_SERVER)

fuzzers: $(FUZZERS)

fuzz: packages-check
	+$(MAKE) SAN=fuzz CC=clang fuzzers
	bash tests/fuzz/run.sh $(FUZZ)

# Benchmarks: our core beside dense programs. ROWS, ROUNDS, SECONDS, PROGRAMS choose.
BENCH := $(B)/bench/core $(B)/bench/dense
$(B)/tests/bench/dense%.o: ALLFLAGS += -O3 -march=native -ffp-contract=fast
$(B)/bench/core: $(B)/tests/bench/core.o $(HOUSE) $(B)/learn.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ $(LIBS_SERVER)

$(B)/bench/dense: $(call objects,$(wildcard tests/bench/dense*.c))
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ -lopenblas -lz -lm

bench: packages-bench
	+$(MAKE) $(BENCH)
	B=$(B) node tests/bench/bench.mjs

# How fast the service is. ROUNDS, QUEUED, TRACE_ROWS choose.
bench-service: packages-service
	+$(MAKE) all
	FRUGAL_BUILD=$(B) node tests/bench/service.mjs

# How quickly the page shows much. ROUNDS, MINUTES, PARTS choose.
bench-web: packages-check
	+$(MAKE) all tests/node_modules/.package-lock.json
	FRUGAL_BUILD=$(B) node tests/bench/web.mjs

# The figures of the paper again, by the server at FRUGAL_SERVER: FORM=--full, and
# FIGURES=report.html for the report.
figures: all
	$(B)/frugal reproduce $(or $(FORM),--quick) -o $(or $(FIGURES),report.html)

# The pictures of README, from real runs.
screenshots: packages-check
	+$(MAKE) all tests/node_modules/.package-lock.json
	FRUGAL_BUILD=$(B) node tests/page/screenshot.mjs

# The long forms of tests that make check runs in short, and the notebooks of README.
soak: packages-check packages-soak
	+$(MAKE) all tests tests/node_modules/.package-lock.json
	FRUGAL_KILLS=2000 FRUGAL_CUTS=3000 FRUGAL_DISK_CYCLES=20 FRUGAL_FAULTS=200 FRUGAL_FLIPS=200 \
	FRUGAL_STOPS=50 FRUGAL_WORKER_ENDS=100 FRUGAL_SLURM_RUNS=200 FRUGAL_SUBMISSIONS=500 FRUGAL_EVENT_KILLS=50 FRUGAL_NOTEBOOKS=1 FRUGAL_FILE_MS=5400000 node --test --test-reporter=spec \
		tests/programs/{kill,powercut,disk,stop,backup,restore,flips,poison,lost_answers,events_kill,readme,work,slurm}.test.mjs

lint: $(B)/learn.a
	sh tests/lint/floors.sh "$(FLOORS)"
	sh tests/lint/symbols.sh $(B)/learn.a

check: packages-check
	+bash tests/check.sh

# The same with a sanitizer, as far as it makes sense there; FILES chooses.
$(SANITIZED): check-%: packages-check tests/node_modules/.package-lock.json
	+bash tests/check.sh $*

demo: packages
	+$(MAKE) all
	+bash docker/demo.sh

packages:
	@bash docker/packages.sh run

packages-check:
	@bash docker/packages.sh run check

packages-bench:
	@bash docker/packages.sh run bench

packages-soak:
	@bash docker/packages.sh run soak

packages-deb:
	@bash docker/packages.sh run deb

packages-service:
	@bash docker/packages.sh run service

# What is installed where, below DESTDIR and PREFIX; uninstall takes the same list.
TO    = $(DESTDIR)$(PREFIX)
SHARE = $(TO)/share
BASH_COMPLETION = $(SHARE)/bash-completion/completions/frugal
ZSH_COMPLETION  = $(SHARE)/zsh/site-functions/_frugal
FISH_COMPLETION = $(SHARE)/fish/vendor_completions.d/frugal.fish
UNIT_FILE       = $(TO)/lib/systemd/system/frugald.service
SYSUSERS_FILE   = $(TO)/lib/sysusers.d/frugal.conf
MAN_FILES       = $(foreach m,$(MANUAL),$(SHARE)/man/man$(patsubst .%,%,$(suffix $(m)))/$(notdir $(m)))

install: all manual
	install -D -s -m 755 $(B)/frugald $(TO)/bin/frugald
	install -D -s -m 755 $(B)/frugal $(TO)/bin/frugal
	install -d $(SHARE)/frugal/examples $(dir $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION))
	install -m 644 schema/examples/*.json docker/nginx.conf $(SHARE)/frugal/examples
	install -m 644 docker/frugald.conf $(SHARE)/frugal
	for page in $(MANUAL); do \
	    install -D -m 644 $$page $(SHARE)/man/man$${page##*.}/$${page##*/} || exit 1; done
	$(B)/frugal completion bash > $(BASH_COMPLETION)
	$(B)/frugal completion zsh > $(ZSH_COMPLETION)
	$(B)/frugal completion fish > $(FISH_COMPLETION)
	install -D -m 644 docker/frugal.sysusers $(SYSUSERS_FILE)
	install -d $(dir $(UNIT_FILE))
	sed 's|/usr/local/bin|$(PREFIX)/bin|' docker/frugald.service > $(UNIT_FILE)

# Settings and data stay.
uninstall:
	rm -f $(TO)/bin/frugald $(TO)/bin/frugal $(MAN_FILES) $(UNIT_FILE) $(SYSUSERS_FILE) \
	    $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
	rm -rf $(SHARE)/frugal

# A Debian package, in $(B)/deb.
deb: packages
	+$(MAKE) all manual
	bash docker/deb/build.sh $(B)

# Installs it, and builds and runs the image, in chroots: as root, with debootstrap, in minutes.
check-deb: packages-deb
	+$(MAKE) deb
	bash docker/deb/try.sh $(B)

check-image: packages-deb
	node docker/try_image.mjs

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
