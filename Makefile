# frugal: make demo, make check, make soak, make, make install, make bench,
# make bench-service, make bench-web, make figures, make clean.
# SAN=address|thread|undefined builds with that sanitizer, below build/SAN; V=1 shows commands.

SHELL  := /bin/bash
CC     ?= gcc
PREFIX ?= /usr/local
B      := build$(if $(SAN),/$(SAN))

ifeq ($(origin CC),default)
CC := gcc
endif
IS_CLANG := $(findstring clang,$(CC))

# One short line per file; V=1 shows the commands.
Q   := $(if $(V),,@)
say  = @echo "  $(1)  $@"

# The floors, from the top down; each may include only those to its right.
FLOORS := http app work store data spec learn base

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
SANITIZE := -fsanitize=$(SAN) -fno-omit-frame-pointer \
	$(if $(filter undefined,$(SAN)),-fno-sanitize-recover=all)
endif
CFLAGS   ?= -O2 -g
CODEFLAGS := -std=c11 -D_GNU_SOURCE $(HARDENING) $(SANITIZE) -ffp-contract=off -pthread $(CFLAGS)
ALLFLAGS := $(CODEFLAGS) $(INCLUDES) $(WARNINGS) -MMD -MP
LDALL    := $(LDHARDENING) $(SANITIZE) -pthread $(LDFLAGS)

LIBS_LEARN  := -lsleef -lm
LIBS_SERVER := $(LIBS_LEARN) -lmicrohttpd -lgnutls -ljansson -lsqlite3 -lz -lzip -lsodium -linih -lcurl
LIBS_CLIENT := -lcurl -ljansson -lsodium -lm

objects = $(patsubst %.c,$(B)/%.o,$(1))
KERNELS := kernels_v1 kernels_v3 kernels_v4
# The core gains from -O3 as nothing else does.
$(B)/server/learn/%.o: ALLFLAGS += -O3
LEARN   := $(call objects,$(filter-out server/learn/kernels.c,$(wildcard server/learn/*.c))) \
	$(KERNELS:%=$(B)/server/learn/%.o)
HOUSE   := $(foreach f,$(filter-out learn,$(FLOORS)),$(call objects,$(wildcard server/$(f)/*.c)))
# The client has no file of settings.
BASE    := $(call objects,$(filter-out %/conf.c,$(wildcard server/base/*.c)))
MAIN    := $(call objects,$(wildcard server/*.c))
CLIENT  := $(call objects,$(wildcard client/*.c))
UNIT    := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/*.c))

.PHONY: all tests schema core-id install uninstall clean lint check demo figures bench bench-service \
	bench-web soak screenshots packages packages-check packages-bench packages-service
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
$(B)/server/http/assets.o: $(B)/gen/assets.def $(wildcard web/*.html web/*.css web/*.js web/*.svg)
$(B)/server/http/server_info.o: schema/openapi.yaml
$(B)/server/base/presets.o: $(B)/gen/presets.def schema/presets.json $(wildcard schema/examples/*.json)
$(MAIN) $(B)/client/version.o: $(B)/gen/version.h

$(B)/gen/assets.def: web/node_modules/.package-lock.json $(wildcard web/*) web/assets.sh
	@mkdir -p $(@D)
	$(Q)sh web/assets.sh $(B)/gen > $@

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

$(UNIT): $(B)/tests/%: $(B)/tests/unit/%.o $(HOUSE) $(B)/learn.a
	$(call say,LINK)
	$(Q)$(CC) $(LDALL) -o $@ $^ -lcmocka $(LIBS_SERVER)

# Faults that tests inject; the programs themselves know nothing of them.
FAULTS := $(B)/tests/crash_run.so $(B)/tests/no_thread.so
$(B)/tests/%.so: tests/programs/%.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -fPIE,$(ALLFLAGS)) -fPIC -shared -o $@ $< -ldl

tests: $(B)/tests/replay $(B)/tests/trace $(B)/tests/statistics $(FAULTS) $(UNIT)

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

# The long forms of tests that make check runs in short.
soak: packages-check
	+$(MAKE) all tests tests/node_modules/.package-lock.json
	FRUGAL_KILLS=2000 FRUGAL_CUTS=3000 FRUGAL_DISK_CYCLES=20 FRUGAL_FAULTS=200 FRUGAL_FLIPS=200 \
	FRUGAL_STOPS=50 FRUGAL_SUBMISSIONS=500 FRUGAL_FILE_MS=5400000 node --test --test-reporter=spec \
		tests/programs/{kill,powercut,disk,stop,backup,restore,flips,poison,lost_answers}.test.mjs

lint: $(B)/learn.a
	sh tests/lint/floors.sh "$(FLOORS)"
	sh tests/lint/symbols.sh $(B)/learn.a

check: packages-check
	+bash tests/check.sh

demo: packages
	+$(MAKE) all
	+bash docker/demo.sh

packages:
	@bash docker/packages.sh run

packages-check:
	@bash docker/packages.sh run check

packages-bench:
	@bash docker/packages.sh run bench

packages-service:
	@bash docker/packages.sh run service

install: all
	install -D -m 755 $(B)/frugald $(DESTDIR)$(PREFIX)/bin/frugald
	install -D -m 755 $(B)/frugal $(DESTDIR)$(PREFIX)/bin/frugal
	install -d $(DESTDIR)$(PREFIX)/share/frugal/examples
	install -m 644 schema/examples/*.json $(DESTDIR)$(PREFIX)/share/frugal/examples
	install -m 644 docker/frugald.conf $(DESTDIR)$(PREFIX)/share/frugal

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/frugald $(DESTDIR)$(PREFIX)/bin/frugal
	rm -rf $(DESTDIR)$(PREFIX)/share/frugal

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
