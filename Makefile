# Tallystick. `make` alone lists the targets. One file, no recursion but for the build mode: MODE=release (run, install),
# MODE=test (sanitizers) or MODE=fuzz (clang's sanitizers and libFuzzer's coverage). Objects are gathered per room into an archive, so a program links only what it uses.
MODE ?= release
PORT ?= 8080
B := build/$(MODE)
CC_fuzz := clang-14
CC = $(or $(CC_$(MODE)),gcc)
V ?= @

WARNINGS := -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
  -Wswitch-enum -Wundef -Wpointer-arith -Wwrite-strings
COMMON := -std=c17 -D_GNU_SOURCE -Icgi-bin -I$(B)/templates $(WARNINGS) -g -fstack-protector-strong -fPIE
FLAGS_release := -O2 -D_FORTIFY_SOURCE=2
FLAGS_test := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# counts which lines and branches ran (tests/coverage.sh); no optimiser moves them about
FLAGS_coverage := -O0 --coverage -fprofile-update=atomic -include tests/coverage.h
# clang only instruments here (-w): the warnings that count are gcc's, and the same sources are built with them
FLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -w
# operators of the ledger that a test run can change (tests/mutate/): the generated sources warn of much
FLAGS_mutate := -O1 -fwrapv -w
# and with sanitizers; the value that is not chosen is computed too, so it may overflow
FLAGS_alarm := $(FLAGS_mutate) -fsanitize=address,undefined -fno-sanitize=pointer-overflow,signed-integer-overflow \
  -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_ALL := $(COMMON) $(FLAGS_$(MODE)) $(CFLAGS)
# the build id tells browsers that pages of another build are other pages (pages/public_tag.c)
LINK := $(CFLAGS_ALL) -pie -Wl,-z,relro,-z,now -Wl,--build-id=sha1 $(LDFLAGS)

# Rooms from the top down: each may use only those after it.
ROOMS := import courier api pages gate http ledger store model base
PROGRAMS := public signin account admin api ledger courier tally
# programs with templates, and all that speak FastCGI
AREAS := public signin account admin
DOORS := $(AREAS) api
room = $(patsubst %.c,$(B)/%.o,$(wildcard cgi-bin/$(1)/*.c))
ARCHIVES := $(ROOMS:%=$(B)/%.a)
LIBS := -lsqlite3 -lmd
LIBS_paper := -lcairo -lfreetype -lqrencode
LIBS_public := -lfcgi $(LIBS_paper)
LIBS_signin := -lfcgi -lscrypt
LIBS_account := -lfcgi -lcrypto
LIBS_admin := -lfcgi
LIBS_api := -lfcgi -ljansson -lcrypto
LIBS_courier := -lcurl
LIBS_tally := -lcsv -lcrypto
TEMPLATES := $(wildcard templates/*/*.mustache)
VIEWS := $(wildcard cgi-bin/pages/*_view.h)
UNITS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/*_test.c tests/ledger/*.c tests/crash/*.c tests/pages/*.c))
PLANTS := $(patsubst tests/plant/%.c,$(B)/plant/%/planted,$(wildcard tests/plant/*.c))
FUZZERS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/*_fuzz.c))
BENCHES := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/bench/*.c))

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, make a demonstration registry, serve it on http://127.0.0.1:8080 (or another PORT)
	@cgi-bin/tools/need.sh run
	@$(MAKE) --no-print-directory -j2 build
	@PORT=$(PORT) cgi-bin/tools/serve.sh

test: ## install what is missing, build with sanitizers, run every test
	@cgi-bin/tools/need.sh test
	@$(MAKE) --no-print-directory -j2 MODE=release build plants
	@$(MAKE) --no-print-directory -j2 MODE=test build tests
	@tests/run.sh

soak: ## hours: every crash campaign in its long form, and the negative controls
	@cgi-bin/tools/need.sh test
	@$(MAKE) --no-print-directory -j2 MODE=release build plants
	@$(MAKE) --no-print-directory -j2 MODE=test build tests
	@tests/soak.sh $(SOAK)
fuzz: ## run each fuzz target for FUZZ_SECONDS (900), FUZZ_JOBS (2) side by side; adds up in build/fuzz/result.md
	@cgi-bin/tools/need.sh fuzz
	@tests/fuzz.sh

lint: ## clang-format, clang-tidy, cppcheck, gcc -fanalyzer, the house rules
	@cgi-bin/tools/need.sh lint
	@$(MAKE) --no-print-directory -j2 MODE=release build
	@tests/lint.sh

coverage: ## which branches of ledger/ and gate/ the tests take: build/coverage/result.md
	@cgi-bin/tools/need.sh test
	@tests/coverage.sh

mutate: ## do the tests notice wrong operators in ledger/: build/mutate/result.md
	@cgi-bin/tools/need.sh mutate
	@node tests/mutate/mutate.mjs $(MUTATE)

bench: ## measure against a plain loop, hello-world and PostgreSQL, at 10,000 to 10,000,000 transfers (tests/bench.sh has options)
	@cgi-bin/tools/need.sh bench
	@$(MAKE) --no-print-directory -j2 build benches
	@tests/bench.sh

build: $(PROGRAMS:%=$(B)/%) ## build the programs into build/release
tests: $(UNITS) $(FUZZERS) $(AREAS:%=$(B)/record/%) $(B)/record/api $(B)/record/ledger faults
faults: $(PROGRAMS:%=$(B)/fault/%)
benches: $(BENCHES)
fuzzers: $(FUZZERS)
plants: $(PLANTS)

install: build ## install under DESTDIR/usr/local (programs, static files, schema, units)
	@cgi-bin/tools/install.sh $(B) $(DESTDIR)

clean: ## remove what was built and the demonstration registry
	rm -rf build var tests/web/node_modules tests/api/node_modules

# -- templates: Mustache to C, checked against the view structs
build/tools/mustache: $(filter-out %/openapi.c,$(wildcard cgi-bin/tools/*.c)) $(wildcard cgi-bin/tools/*.h)
	@mkdir -p $(@D)
	$(V)echo "  tool $@" && $(CC) $(COMMON) -O1 -o $@ $(filter %.c,$^)

# -- the description of the API: JSON for programs, a table for its page
build/tools/openapi: cgi-bin/tools/openapi.c
	@mkdir -p $(@D)
	$(V)echo "  tool $@" && $(CC) $(COMMON) -O1 -o $@ $< -lyaml

$(B)/templates/api_operations.h: build/tools/openapi cgi-bin/api/openapi.yaml
	@mkdir -p $(@D)
	$(V)echo "  openapi" && build/tools/openapi cgi-bin/api/openapi.yaml $(@D)/openapi.json $@

$(B)/templates/stamp: build/tools/mustache $(TEMPLATES) $(VIEWS)
	@mkdir -p $(@D)
	$(V)echo "  templates" && build/tools/mustache -o $(@D) -I cgi-bin templates
	@touch $@

$(foreach a,$(AREAS),$(B)/templates/$(a)_templates.c): $(B)/templates/stamp ;
$(B)/templates/%.o: $(B)/templates/%.c
	$(V)echo "  cc $<" && $(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# -- static files under names that tell their content
$(B)/templates/static_names.h: cgi-bin/tools/static.sh $(wildcard static/*) $(B)/templates/api_operations.h
	$(V)echo "  static" && cgi-bin/tools/static.sh $(B)

# -- objects, archives, programs
$(B)/cgi-bin/%.o: cgi-bin/%.c | $(B)/templates/stamp $(B)/templates/static_names.h
	@mkdir -p $(@D)
	$(V)echo "  cc $<" && $(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
# where the headers of its drawing library are
$(B)/cgi-bin/pages/certificate_sheet.o: CFLAGS_ALL += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I cairo freetype2))

# the ledger's sources with operators that can be changed (tests/mutate/generate.mjs)
define changeable
build/$(1)/cgi-bin/ledger/%.o: build/mutate/made/%.c | $(B)/templates/stamp
	@mkdir -p $$(@D)
	$(V)echo "  cc $$<" && $(CC) $(CFLAGS_ALL) -Itests -MMD -MP -c -o $$@ $$<
endef
$(foreach m,mutate alarm,$(eval $(call changeable,$(m))))

define archive
$(B)/$(1).a: $(patsubst %.c,$(B)/%.o,$(wildcard cgi-bin/$(1)/*.c))
	@rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call archive,$(r))))

$(B)/templates.a: $(foreach a,$(AREAS),$(B)/templates/$(a)_templates.o)
	@rm -f $@ && ar rcs $@ $^

# what a page was made from, as JSON: tests render the same with the reference implementation of Mustache
$(foreach a,$(AREAS),$(B)/templates/$(a)_json.c): $(B)/templates/stamp ;
$(B)/templates_json.a: $(foreach a,$(AREAS),$(B)/templates/$(a)_json.o)
	@rm -f $@ && ar rcs $@ $^

$(PROGRAMS:%=$(B)/%): $(B)/%: $(B)/cgi-bin/%.o $(ARCHIVES) $(B)/templates.a
	$(V)echo "  link $@" && $(CC) $(LINK) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) $(LIBS_$*)

$(B)/tests/%: tests/%.c $(ARCHIVES) $(B)/templates.a $(B)/templates_json.a build/tools/mustache $(wildcard tests/*/*.h)
	@mkdir -p $(@D)
	$(V)echo "  test $<" && $(CC) $(CFLAGS_ALL) -Itests -MMD -MP -o $@ $< -pie -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) -lfcgi -lscrypt -lcsv -lcurl -ljansson -lcrypto $(LIBS_paper) -lcmocka

# fuzz targets: with libFuzzer (MODE=fuzz), or with a main that replays their corpus
$(B)/tools.a: $(patsubst %.c,$(B)/%.o,$(filter-out %/mustache.c %/openapi.c,$(wildcard cgi-bin/tools/*.c)))
	@rm -f $@ && ar rcs $@ $^
$(B)/tests/fuzz/%.o: tests/fuzz/%.c | $(B)/templates/stamp
	@mkdir -p $(@D)
	$(V)echo "  cc $<" && $(CC) $(CFLAGS_ALL) -Itests -MMD -MP -c -o $@ $<
FUZZ_MAIN := $(if $(filter fuzz,$(MODE)),,$(B)/tests/fuzz/replay.o)
$(FUZZERS): $(B)/tests/fuzz/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(B)/tests/fuzz/fuzz.o $(FUZZ_MAIN) $(ARCHIVES) $(B)/tools.a
	$(V)echo "  link $@" && $(CC) $(LINK) $(if $(FUZZ_MAIN),,-fsanitize=fuzzer) -o $@ $(filter %.o,$^) -Wl,--wrap=log_event \
	  $(shell sed -n 's/^ \* wraps: //p' tests/fuzz/$*_fuzz.c | sed 's/[A-Za-z_0-9]\+/-Wl,--wrap=&/g') \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) -lcurl -lcsv -ljansson -lcrypto $(LIBS_paper) -lcmocka

# programs with one planted bug each, which the negative controls must find (tests/plant/)
planted = $(firstword $(subst -, ,$(1)))
shimmed = $(findstring with: shim,$(shell grep '^ \* with:' tests/plant/$(1).c))
$(B)/plant/%/planted: tests/plant/%.c $(PROGRAMS:%=$(B)/%) $(PROGRAMS:%=$(B)/fault/%)
	@grep -q '^ \* wraps: [A-Za-z]' $< || { echo "$< names no function that it wraps"; exit 1; }
	@mkdir -p $(@D)/fault && ln -sf $(PROGRAMS:%=../../%) $(@D) && ln -sf $(PROGRAMS:%=../../../fault/%) $(@D)/fault
	@rm -f $(@D)/$(call planted,$*)
	@$(if $(call shimmed,$*),ln -sf ../$(call planted,$*) $(@D)/fault)
	$(V)echo "  plant $*" && $(CC) $(CFLAGS_ALL) -Itests $(shell sed -n 's/^ \* wraps: //p' tests/plant/$*.c | sed 's/[A-Za-z_0-9]\+/-Wl,--wrap=&/g') \
	  -o $(@D)/$(call planted,$*) $< $(if $(call shimmed,$*),$(call SHIM_OF,$(call planted,$*)) $(SHIM_WRAPS:%=-Wl,--wrap=%)) \
	  $(B)/cgi-bin/$(call planted,$*).o -pie \
	  -Wl,--start-group $(ARCHIVES) $(B)/templates.a -Wl,--end-group $(LIBS) $(LIBS_$(call planted,$*))
	@touch $@

# the programs once more, with a disk and a memory that can be made to fail (tests/fault/shim.h)
SHIM_OF = tests/fault/shim.c $(if $(filter $(1),$(DOORS)),tests/fault/shim_web.c) $(if $(filter $(1),ledger),tests/fault/shim_ledger.c)
SHIM_WRAPS := arena_take arena_text arena_text_sized arena_printf http_run group_run
$(PROGRAMS:%=$(B)/fault/%): $(B)/fault/%: $(B)/cgi-bin/%.o $(ARCHIVES) $(B)/templates.a $(wildcard tests/fault/shim*)
	@mkdir -p $(@D)
	$(V)echo "  fault $@" && $(CC) $(CFLAGS_ALL) -Itests $(SHIM_WRAPS:%=-Wl,--wrap=%) -o $@ $< $(call SHIM_OF,$*) -pie \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) $(LIBS_$*)

# the programs once more, writing down each page and its view (tests/web/templates.test.mjs)
pages = $(subst -,_,$(notdir $(basename $(wildcard templates/$(1)/*.mustache))))
$(B)/record/ledger $(B)/record/api: $(B)/record/%: $(B)/%
	@mkdir -p $(@D) && ln -sf ../$* $@
$(AREAS:%=$(B)/record/%): $(B)/record/%: tests/web/record.c $(B)/cgi-bin/%.o $(ARCHIVES) $(B)/templates.a $(B)/templates_json.a
	@mkdir -p $(@D)
	$(V)echo "  link $@" && $(CC) $(CFLAGS_ALL) '-DPAGES=$(foreach p,$(call pages,$*),PAGE($*,$p))' '-DRECORD_FOLDER="$@-pages"' \
	  $(foreach p,$(call pages,$*),-Wl,--wrap=template_$*_$p) -o $@ $< $(B)/cgi-bin/$*.o -pie \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) $(LIBS_$*)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: help run test lint coverage mutate bench build tests benches plants install clean soak fuzz fuzzers faults
.SECONDARY:
