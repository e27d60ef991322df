package main

// What --help says of a command below its line: what it does and prints,
// examples that can be typed, and when it fails.

const about = `Every payment of a municipality, from the debt to the collection order.

An instance is embedded (--data FOLDER: SQLite, nothing to install) or hosted
(--database and --redis). Every flag has the variable that stands beside it; a
variable with _FILE behind its name holds the path of a file with the value.

Exit status: 0 done; 1 failed or refused, the reason on standard error; 80 the
command line was not understood.`

// Help is what serve says.
func (serveCommand) Help() string {
	return `Answers http at --addr, each municipality at its own hosts, until it is told
to stop (SIGINT, SIGTERM). Prints "ready http://..." once it answers. TLS is
the reverse proxy's: name its address in --proxies. Embedded it migrates and
works on the runs by itself; hosted, start "cassacomune worker" beside it.

Examples:
    cassacomune serve --data /srv/cassa
    cassacomune serve --database postgres://cassacomune_app@db/cassacomune --redis redis:6379 --addr :8080 --proxies 10.0.0.2 --operator-host gestione.example

Exit status: 0 when told to stop, 1 when it cannot start.`
}

// Help is what worker says.
func (workerCommand) Help() string {
	return `Imports, reconciles, exports and tidies, until it is told to stop. Start as
many as are needed. Prints "ready". An embedded instance needs none.

Examples:
    cassacomune worker --database postgres://cassacomune_app@db/cassacomune --redis redis:6379 --concurrency 4

Exit status: 0 when told to stop, 1 when it cannot start.`
}

// Help is what demo says.
func (demoCommand) Help() string {
	return `Everything in one process, made up and filled with a past: open the address
that it prints. Names, accounts and passwords stand on that page.

Examples:
    cassacomune demo
    cassacomune demo --addr 127.0.0.1:9000 --data /tmp/prova

Exit status: 0 when told to stop, 1 when it cannot start or --data holds something else.`
}

// Help is what migrate says.
func (migrateCommand) Help() string {
	return `Changes the tables to those that this program knows, and builds the wall of
PostgreSQL again. May be run twice, and at once. Prints nothing.

Examples:
    cassacomune migrate --data /srv/cassa
    cassacomune migrate --database postgres://cassacomune_app@db/cassacomune --owner postgres://cassacomune_owner@db/cassacomune

Exit status: 0 when the schema is this program's, 1 otherwise.`
}

// Help is what tenant add says.
func (tenantAddCommand) Help() string {
	return `Prints the short name and the number of the municipality. Run again with the
same values it finishes what was interrupted. Next: "cassacomune person", for
its first administrator, who sets up the rest on the pages.

Examples:
    cassacomune tenant add alba --name "Comune di Alba" --fiscal-code 01234567897 --host pagamenti.alba.example --data /srv/cassa

Exit status: 0 when it is there, 1 when the name, the code or a host is refused.`
}

// Help is what tenant list says.
func (tenantListCommand) Help() string {
	return `Prints a municipality a line: short name, codice fiscale, state (pending, ready,
closed) and name, with tabs between.

Examples:
    cassacomune tenant list --data /srv/cassa

Exit status: 0, or 1 when the data cannot be read.`
}

// Help is what person says.
func (personCommand) Help() string {
	return `Adds who is new, with the password that is given, and gives the role. Of who
exists it gives the role only, and asks for no password. Who was known to one
municipality only, and gets a role elsewhere, gets a password for one use, which
is printed; the former ends.

Examples:
    cassacomune person ufficio@alba.example --name "Anna Rossi" --tenant alba --role administrator --data /srv/cassa
    cassacomune person sportello@alba.example --name "Sara Bianchi" --tenant alba --role clerk --office SCUOLA,TRIBUTI --data /srv/cassa
    cassacomune person gestore@example.org --name "Gino Verdi" --role operator --data /srv/cassa

Exit status: 0 when the role is held, 1 when the password is too weak or the municipality unknown.`
}

// Help is what password says.
func (passwordCommand) Help() string {
	return `Prints the password, good once and for 24 hours, alone on its line. The former
one and all sessions of the person end. The person types it at the log-in and
chooses their own. No mail is sent: hand it over to somebody you know.

Examples:
    cassacomune password ufficio@alba.example --data /srv/cassa

Exit status: 0, or 1 when nobody has that address.`
}

// Help is what import says.
func (importCommand) Help() string {
	return `Recognises the file (debts, settlements, postal flows, cash journals), checks it
and, if it may, writes it. Prints what was found and what was written; problems
go to standard error, a line each. "cassacomune inspect" looks without writing.

Examples:
    cassacomune import --tenant alba DOVUTI.csv --data /srv/cassa
    cassacomune import --tenant alba --good DOVUTI.csv --data /srv/cassa

Exit status: 0 when it was written, 1 when it was refused: then nothing has changed.`
}

// Help is what inspect says.
func (inspectCommand) Help() string {
	return `Recognises each file by its content, opens archives and signed envelopes, and
says what is inside: counts, sums, balances, problems. Folders are gone through.

Examples:
    cassacomune inspect GIORNALE.xml DOVUTI.csv
    cassacomune inspect --json - < ESTRATTO.txt
    cassacomune inspect --trust lista.xml --at 2026-03-02T10:00:00Z GIORNALE.xml.p7m

Exit status: 0, or 1 when a file is unknown or cannot be read to its end; the others are said all the same.`
}

// Help is what reconcile says.
func (reconcileCommand) Help() string {
	return `Matches collections, remittances and credits that fit to the cent and without a
rival; the rest stays as proposals on the pages. Prints what it did, as JSON.

Examples:
    cassacomune reconcile --tenant alba --data /srv/cassa

Exit status: 0 when it went to its end, 1 when it was refused or failed.`
}

// Help is what trace says.
func (traceCommand) Help() string {
	return `Prints the line on which a code stands: due, asked, collected, remitted,
credited, ordered, with amounts, days and the evidence of each step.

Examples:
    cassacomune trace --tenant alba 301000000000000144 --data /srv/cassa
    cassacomune trace --tenant alba --json 2026/000001 --data /srv/cassa

Exit status: 0, or 1 when nothing has that code.`
}

// Help is what check says.
func (checkCommand) Help() string {
	return `Replays the books of every municipality and compares: transactions balance, no
account is overdrawn, the Treasurer's total is ours, the seals hold. Prints each
breach; run it every night and after a restore. --digest prints, of the same
books, the same hash on either engine.

Examples:
    cassacomune check --data /srv/cassa
    cassacomune check --tenant alba --json --data /srv/cassa
    cassacomune check --digest --data /srv/cassa

Exit status: 0 when all holds, 1 at a breach.`
}

// Help is what backup says.
func (backupCommand) Help() string {
	return `May be taken while the instance serves. The file belongs to no engine and holds
no master key: keep that elsewhere. Prints how much is in it.

Examples:
    cassacomune backup --out cassa-2026-03-02.gz --data /srv/cassa

Exit status: 0 when it is written and on the disk, 1 otherwise; half a file is removed.`
}

// Help is what restore says.
func (restoreCommand) Help() string {
	return `Verifies the whole file first. It fills an empty place only, of either engine;
with --check a temporary one, which is then checked as "cassacomune check" does.

Examples:
    cassacomune restore --check cassa-2026-03-02.gz
    cassacomune restore cassa-2026-03-02.gz --data /srv/new

Exit status: 0 when all is there and holds, 1 otherwise.`
}

// Help is what healthcheck says.
func (healthCommand) Help() string {
	return `Asks http://ADDR/readyz and waits five seconds at the most.

Examples:
    cassacomune healthcheck --addr 127.0.0.1:8080

Exit status: 0 when it is ready, 1 otherwise.`
}

// Help is what version says.
func (versionCommand) Help() string {
	return `Examples:
    cassacomune version

Exit status: 0.`
}
