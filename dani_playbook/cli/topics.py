"""Topics of ``dani help`` that are no commands."""

EXIT_CODES = {
    0: "done, or nothing to do",
    1: "a bug in dani, with a report that holds no personal data",
    2: "there are changes, or drift: only with --exit-code",
    3: "invalid input: playbook, configuration, plan file, data file",
    4: "refused: limit, policy, approval missing, protected, conflict",
    5: "denied: who you are, or what the live system allows",
    6: "stale or locked: make the plan again",
    7: "needs a person: an outcome is unknown or couldn't be told, or a rollback or an export is incomplete",
    8: "failed, and everything was rolled back",
    9: "a live system can't be reached",
    64: "wrong usage of the command line",
    130: "stopped with Ctrl-C",
    141: "the reader of a pipe went away",
}

_ENVIRONMENT = """\
Environment variables

  DANI_CONFIG         the configuration file, like --config
  DANI_ENV            the environment of dani.yaml, like --env
  DANI_DATABASE       the database, in place of database: in dani.yaml
  DANI_TIME_ZONE      the time zone, in place of time_zone: in dani.yaml
  DANI_ACTOR          the name of the machine's user in records; it signs nobody in
  DANI_API_KEY        a program's key; wins over who signed in with dani login
  DANI_HOME           where the session of dani login is kept; else
                      $XDG_CONFIG_HOME/dani, else ~/.dani
  DANI_KEY            the project's key, 64 hexadecimal digits; else .dani/key
  DANI_CACHE=0        neither read nor write .dani/cache/, where playbooks are kept as they
                      were read last; what comes out is the same
  DANI_PROCESSES      how many processes may read playbooks at once; else one for each
                      processor
  DANI_REASON         why masked values are looked at, where --reason doesn't say
  DANI_ALLOW_UNSAFE_DATABASE=1
                      write to a database that may lose what it has committed when
                      the power goes (fsync = off); for tests only
  DANI_DEBUG=1        show tracebacks; they may hold personal data
  NO_COLOR=1          no colours; wins over FORCE_COLOR=1
  FORCE_COLOR=1       colours also on a pipe
  TERM=dumb           no colours, no progress
  CI=true             never ask
"""

_ADDRESSES = """\
Addresses

  KIND.KEY            one resource: user.jdoe, department.engineering
  KIND.KEY.FIELD      one field of it: user.jdoe.department
  user                a whole kind
  user.*  *.jdoe      patterns, for --target, --exclude, --restore and export;
                      put them in quotes, or the shell takes the star

Kinds and their fields: dani schema --list, dani schema user
"""

_SIGNS = """\
Signs of a plan

  +   create          ~   update          -   remove
  ^   adopt: exists already, and is managed from now on
  >   move: another key, the same object
  =   release: no longer declared; it stays as it is
  !   can't be taken back
  ?   outcome unknown
"""


def _exit_codes() -> str:
    rows = "".join(f"  {code:>3}  {meaning}\n" for code, meaning in EXIT_CODES.items())
    return f"Exit codes\n\n{rows}"


TOPICS = {
    "exit-codes": _exit_codes(),
    "environment": _ENVIRONMENT,
    "addresses": _ADDRESSES,
    "signs": _SIGNS,
}
