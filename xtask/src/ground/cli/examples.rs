//! What stands below the options in `--help`: examples, and what else is to be known.

pub const ALL: &str = "\
Examples:
  cargo xtask wheels                      a tested wheel for every interpreter of this machine
  cargo xtask wheels --platform all       the wheels of every system
  cargo xtask test python                 the Python tests, against an installed wheel
  cargo xtask doctor                      what this machine lacks, and how to get it

Exit codes:
  0    all that was asked for is done
  1    something failed, or was found broken; the last lines say what
  2    the command line is wrong
  130  it was interrupted (with 143: ended by SIGTERM, 129: by SIGHUP)

Variables:
  XTASK_CACHE_DIR  a folder of downloads that checkouts share
  XTASK_CACHE_MIB  how large it may become [default: 2048]
  NO_COLOR         no colours in the output of programs";

pub const WHEELS: &str = "\
Examples:
  cargo xtask wheels 'cp3*-manylinux_x86_64' --skip 'cp36m-*'
  cargo xtask wheels --platform linux/arm64
  cargo xtask wheels --interpreter /opt/python3.12/bin/python3
  cargo xtask wheels --builder docker --image manylinux_x86_64=NAME
  cargo xtask wheels --platform all --report target/report --fail-fast
  cargo xtask wheels --dry-run";

pub const FETCH: &str = "\
Example:
  cargo xtask fetch --platform all && cargo xtask wheels --platform all --offline";

pub const TEST: &str = "\
Examples:
  cargo xtask test                        all suites
  cargo xtask test cpp sanitizers         two of them
  cargo xtask test rust --verbose         with the output of cargo";

pub const LIST: &str = "\
Examples:
  cargo xtask list                        a table of targets and interpreters
  cargo xtask list '*-win*' --long        a line for each wheel, with what it is tested in
  cargo xtask list --json                 for programs";

pub const CHECK: &str = "\
Examples:
  cargo xtask check                       all promises of a release
  cargo xtask check --only audit,metadata";

pub const REPORT: &str = "\
Examples:
  cargo xtask report merge target/reports/* --report target/report
  cargo xtask report evidence target/report";

pub const COMPLETIONS: &str = "\
Examples:
  source <(cargo xtask completions bash)                        in ~/.bashrc
  cargo xtask completions zsh > ~/.zfunc/_cargo-xtask           a folder of $fpath
  cargo xtask completions fish > ~/.config/fish/conf.d/xtask.fish
  cargo xtask completions powershell >> $PROFILE";
