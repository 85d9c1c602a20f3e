# azion for Lua. `make help` lists the goals.

LUA := 5.4
LUAS := 5.1 5.2 5.3 5.4 luajit
ifeq ($(filter $(LUA),$(LUAS)),)
  $(error LUA is one of: $(LUAS))
endif
ifeq ($(origin CC),default)
  CC := gcc
endif

# Builds of other kinds (sanitizers, strict) lie beside the ordinary one: build/asan-5.4 and so on.
VARIANT :=
BUILD := build/$(VARIANT)$(LUA)
MODULE := $(BUILD)/azion/core.so
SOURCES := $(sort $(wildcard src/*.c))
HEADERS := $(sort $(wildcard src/*.h))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
# For budgets in Redis, outside of nginx; where the headers of libhiredis are.
REDIS_MODULE := $(if $(shell pkg-config --exists hiredis 2>/dev/null && echo yes),$(BUILD)/azion/hiredis.so)

CFLAGS := -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wconversion
HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
HARDENING_LINK := -Wl,-z,relro,-z,now

# Looked up when a file is compiled and not before: `make help` and an up-to-date build need none.
LUA_PACKAGE := $(if $(filter luajit,$(LUA)),luajit,lua$(LUA))
LUA_CFLAGS = $(or $(shell pkg-config --cflags $(LUA_PACKAGE) 2>/dev/null),\
  $(error No headers of $(LUA_PACKAGE) found. On Debian, `tools/bootstrap all-luas` installs them))
CURL_LIBS = $(or $(shell pkg-config --libs libcurl 2>/dev/null || curl-config --libs 2>/dev/null),\
  $(error No headers of libcurl found. On Debian, `tools/bootstrap build` installs them))
CURL_CFLAGS = $(if $(CURL_LIBS),$(shell pkg-config --cflags libcurl 2>/dev/null || curl-config --cflags))
COMPILE = $(CC) -std=c11 $(WARNINGS) $(HARDENING) $(CFLAGS) -fPIC -fvisibility=hidden \
  $(LUA_CFLAGS) $(CURL_CFLAGS)

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.PHONY: build all-luas demo describe test oom threads torture lint format check strict sanitize valgrind coverage fuzz fuzz-targets bench soak release rock-trial clean help deb

build: $(MODULE) $(REDIS_MODULE) ## Build for one Lua: LUA=5.1, 5.2, 5.3, 5.4 (default) or luajit

$(MODULE): $(OBJECTS)
	@mkdir -p $(@D)
	$(CC) -shared $(CFLAGS) $(HARDENING_LINK) $(LDFLAGS) -o $@ $^ $(CURL_LIBS) -lm

$(BUILD)/azion/hiredis.so: src-redis/hiredis.c src/compat.h Makefile
	@mkdir -p $(@D)
	$(COMPILE) -shared $(HARDENING_LINK) $(LDFLAGS) -o $@ $< -lhiredis

$(BUILD)/obj/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

-include $(OBJECTS:.o=.d)

all-luas: ## Build for every Lua, side by side in build/
	@set -e; for lua in $(LUAS); do $(MAKE) --no-print-directory build LUA=$$lua; done

demo: ## Install what is missing, build, and watch the main job run on the sandbox
	@tools/bootstrap demo
	@$(MAKE) --no-print-directory -s build LUA=5.4
	@LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="build/5.4/?.so;;" \
	  lua5.4 examples/demo.lua --sandbox

test: ## Install what is missing, build, and run all specs; SPEC=spec/core/json_spec.lua runs one file
	@tools/bootstrap test
	@$(MAKE) --no-print-directory -s all-luas $(if $(SPEC),LUAS="5.4 luajit")
	@tools/test $(if $(SPEC),--only="$(SPEC)") spec:5.4 spec:luajit $(if $(SPEC),,$(foreach lua,5.1 5.2 5.3,spec:$(lua) smoke:$(lua)))

deb: ## Build the Debian packages, in build/deb/, and check them
	@tools/bootstrap deb
	@tools/deb

describe: ## Write what is derived from the descriptions in lua/azion/api/: lists, classes for editors, tables
	@tools/describe

.PHONY: picture site
picture: ## Draw docs/plan.svg anew: `lazion plan` in a terminal, from a run on the sandbox
	@tools/bootstrap demo
	@$(MAKE) --no-print-directory -s build LUA=5.4
	@LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="build/5.4/?.so;;" lua5.4 tools/site/picture/init.lua

site: ## Write the documentation as a site, build/site, and check its links
	@tools/bootstrap site
	@tools/check site
	@echo "Open build/site/index.html; for its search: python3 -m http.server -d build/site"

lint: ## Check the Lua and C files; every finding fails
	@tools/bootstrap lint
	@tools/check lint

format: ## Lay out the C files as .clang-format says
	clang-format -i $(SOURCES) $(HEADERS) src-redis/*.c fuzz/*.[ch] spec/native/*.[ch]

check: ## Run all that CI runs, but for the whole specs: linters, analyzers, short forms of longer goals
	@.ci/run --without test sanitize

strict: ## Compile with gcc and clang for every Lua; every warning fails
	@tools/bootstrap lint
	@tools/check strict

SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
sanitize: ## Run the specs under AddressSanitizer and UndefinedBehaviorSanitizer, on one Lua
	@tools/bootstrap sanitize
	@$(MAKE) --no-print-directory -s build VARIANT=asan- CFLAGS="$(SANITIZE)" HARDENING=
	@tools/test --variant=asan- $(if $(SPEC),--only="$(SPEC)") spec:$(LUA)

# Those that reach the core, and in the second list every function of it.
spec_files = $(patsubst %,spec/%_spec.lua,$(1))
VALGRIND_SPECS := $(call spec_files,core/core core/json core/keyset core/session core/sha256 runtime/fork \
  $(addprefix client/,errors events injection map pages_ahead purge request tokens))
TORTURE_SPECS := $(call spec_files,core/json core/sha256 runtime/fork $(addprefix client/,errors events map origins purge request tokens))
# What to run: SPEC, or with FULL=1 every file, and what they start, or else these.
checked_specs = $(if $(FULL),--deep) --only="$(or $(SPEC),$(if $(FULL),$(sort $(wildcard spec/*/*_spec.lua)),$(1)))"

valgrind: ## Run the specs that reach the C core under valgrind; FULL=1 runs all
	@tools/bootstrap valgrind
	@$(MAKE) --no-print-directory -s build
	@$(if $(FULL),$(MAKE) --no-print-directory -s build LUA=luajit)
	@tools/test --valgrind $(call checked_specs,$(VALGRIND_SPECS)) spec:$(LUA)

torture: ## Run specs with the garbage collector always at work, and at each call into the core; FULL=1 runs all
	@tools/bootstrap sanitize
	@set -e; for lua in 5.4 luajit; do \
	  $(MAKE) --no-print-directory -s build LUA=$$lua VARIANT=asan-torture- HARDENING= \
	    CFLAGS="$(SANITIZE) -include spec/native/collect_at_entry.h"; \
	done
	@SPEC_COLLECTS=1 tools/test --variant=asan-torture- $(call checked_specs,$(TORTURE_SPECS)) spec:5.4 spec:luajit

# The programs and modules of spec/native/. In those, the core is not in a library of its own.
WRAPPED := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free,--wrap=strdup
NATIVE_LIBS = $(shell pkg-config --libs $(LUA_PACKAGE)) $(CURL_LIBS) -lm -lpthread

$(BUILD)/native/oom: spec/native/oom.c spec/native/failing_memory.c spec/native/failing_memory.h $(OBJECTS)
	@mkdir -p $(@D)
	$(COMPILE) -fvisibility=default -Wl,-E $(WRAPPED) -o $@ $(filter %.c %.o,$^) $(NATIVE_LIBS)

$(BUILD)/native/threads: spec/native/threads.c $(OBJECTS)
	@mkdir -p $(@D)
	$(COMPILE) -fvisibility=default -Wl,-E -o $@ $(filter %.c %.o,$^) $(NATIVE_LIBS)

$(BUILD)/spec/process.so: spec/native/process.c
	@mkdir -p $(@D)
	$(COMPILE) -fvisibility=default -shared -o $@ $<

NATIVE := LUA_PATH="./lua/?.lua;./lua/?/init.lua;./?.lua;;" LUA_CPATH="./build/5.4/?.so;;" lua5.4 spec/native/run.lua

oom: ## Let one allocation after the other fail: every 61st, or all with FULL=1 (20 minutes)
	@tools/bootstrap sanitize
	@$(MAKE) --no-print-directory -s build LUA=5.4
	@set -e; for lua in 5.4 luajit; do $(MAKE) --no-print-directory -s build/asan-$$lua/native/oom \
	  LUA=$$lua VARIANT=asan- CFLAGS="$(SANITIZE)" HARDENING=; done
	@$(NATIVE) oom $(if $(FULL),1,61) build/asan-5.4/native/oom build/asan-luajit/native/oom

threads: ## Run eight threads at once, with a Lua state each: plain, and under ThreadSanitizer
	@tools/bootstrap sanitize
	@$(MAKE) --no-print-directory -s build LUA=5.4
	@set -e; for lua in 5.4 luajit; do \
	  $(MAKE) --no-print-directory -s build/$$lua/native/threads LUA=$$lua; \
	  $(MAKE) --no-print-directory -s build/tsan-$$lua/native/threads LUA=$$lua VARIANT=tsan- \
	    CFLAGS="-O1 -g -fsanitize=thread" HARDENING=; done
	@$(NATIVE) threads $(if $(FULL),50,5) $(foreach build,5.4 luajit tsan-5.4 tsan-luajit,build/$(build)/native/threads)

coverage: ## Say how many lines of src/ and lua/ the specs reach, and which they do not
	@tools/bootstrap test
	@$(MAKE) --no-print-directory -s build LUA=5.4
	@$(MAKE) --no-print-directory -s build LUA=luajit
	@set -e; for goals in "5.4 build build/coverage-5.4/native/oom" "luajit build"; do \
	  $(MAKE) --no-print-directory -s $${goals#* } LUA=$${goals%% *} VARIANT=coverage- \
	    CFLAGS="-O0 -g --coverage" HARDENING=; done
	@tools/coverage $(SPEC)

# Each target is fuzz/NAME.c, or the properties in fuzz/NAME.lua behind fuzz/through_lua.c.
FUZZ := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all
FUZZ_TARGETS := $(filter-out through_lua,$(basename $(notdir $(wildcard fuzz/*.c fuzz/*.lua))))
LINK_FUZZ_TARGET = @mkdir -p $(@D); $(COMPILE) -fsanitize=fuzzer $(PROPERTIES) -o $@ $(filter %.c %.o,$^) \
  $(shell pkg-config --libs $(LUA_PACKAGE)) $(CURL_LIBS)
SECONDS_EACH := 60
fuzz: ## Fuzz the readers of what servers send: SECONDS_EACH=60 for each target
	@tools/bootstrap fuzz
	@$(MAKE) --no-print-directory -s fuzz-targets LUA=5.4 VARIANT=fuzz- CC=clang HARDENING= \
	  CFLAGS="$(FUZZ) -fsanitize=fuzzer-no-link"
	@tools/fuzz build/fuzz-5.4/fuzz $(SECONDS_EACH) $(FUZZ_TARGETS)

fuzz-targets: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)

$(BUILD)/fuzz/%: fuzz/%.c fuzz/check.h $(OBJECTS)
	$(LINK_FUZZ_TARGET)

$(BUILD)/fuzz/%: PROPERTIES = -DFUZZ_PROPERTIES='"fuzz/$*.lua"'
$(BUILD)/fuzz/%: fuzz/through_lua.c fuzz/check.h fuzz/%.lua $(OBJECTS)
	$(LINK_FUZZ_TARGET)

bench: ## Measure against peers; bench/README.md says how to read the figures
	@test -x bench/run || { echo "There is no bench/run yet."; exit 1; }
	@tools/bootstrap bench
	@$(MAKE) --no-print-directory -s build LUA=5.4
	@$(MAKE) --no-print-directory -s build LUA=luajit
	@bench/run

soak: ## Run the long trials of docs/reliability.md: 10,000 operations, storms, 200,000 calls; SHORT=1: 5,000 calls
	@tools/bootstrap test
	@$(MAKE) --no-print-directory -s build
	@$(if $(SHORT),tools/test --only=spec/call/soak_spec.lua spec:$(LUA),LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$(BUILD)/?.so;;" $(LUA_PACKAGE) tools/soak.lua)

release: ## Check that VERSION=X.Y.Z is ready, and write its rockspecs
	@tools/bootstrap lint
	@tools/release $(VERSION)

rock-trial: ## Install the release rock, for each Lua, from a rocks server of local files; use it, and remove it
	@tools/bootstrap test
	@tools/rocks trial

clean: ## Remove what was built, by make or by luarocks
	rm -rf build src/*.o src-redis/*.o azion

help: ## List the goals
	@sed -n 's/^\([a-z-]*\):.* ## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r goal text; do \
	  printf '  make %-10s %s\n' "$$goal" "$$text"; done
