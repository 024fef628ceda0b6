# SPDX-License-Identifier: Apache-2.0
# Names for what the scripts and swift do; no logic here.

# Each target imports only what Package.swift lets it (ARCHITECTURE.md, Rooms).
CHECKED := --explicit-target-dependency-import-check error
SWIFT_FILES := Sources Tests Package.swift

.PHONY: demo test check build format lint docs bench serve help
.NOTPARALLEL:
.DEFAULT_GOAL := help

demo: ## Install what is missing, build, run the whole loop on Samples/; takes DATABASE=postgres
	@scripts/setup.sh $(DATABASE:%=--%)
	@scripts/demo.sh

test: ## Install what is missing, lint, build, run all tests: what CI runs
	@scripts/setup.sh --test
	@$(MAKE) --no-print-directory lint
	swift test $(CHECKED) --disable-xctest --experimental-maximum-parallelization-width 40

check: test ## The same

build: ## Install what is missing and build
	@scripts/setup.sh
	swift build $(CHECKED)

format: ## Format all Swift files in place
	swift format --in-place --recursive $(SWIFT_FILES)

lint: ## Check the format and the documentation of all Swift files
	swift format lint --strict --recursive $(SWIFT_FILES)

docs: ## Write the reference of all rooms to .build/docs
	@scripts/setup.sh
	@scripts/docs.sh

bench: ## Install what is missing, run the benchmarks; takes FIGURES="P2a R6"
	@scripts/setup.sh --bench
	@scripts/bench.sh $(FIGURES)

serve: ## Build and run a node (API, console, worker) until it is interrupted; takes MILLRACE_DATABASE
	@scripts/setup.sh
	swift run millrace serve

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
