//go:build unix

package tenantstest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// Server is a PostgreSQL of its own, whose commits are on disk before they are
// answered: fsync on, and nothing else changed. It is for measuring.
type Server struct {
	Bin  string // folder of its programs
	Port int
	as   *syscall.Credential // nil: whoever we are
}

// StartServer makes and starts a PostgreSQL from the programs that the machine
// has, or skips.
func StartServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{Bin: programs(t, "initdb", "pg_ctl", "createdb", "pgbench"), Port: sparePort(t), as: notRoot(t)}
	dir, err := os.MkdirTemp("", "cassacomune-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if s.as != nil {
		if err := os.Chown(dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	s.Run(t, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
	s.Run(t, "pg_ctl", "-D", data, "-l", filepath.Join(dir, "log"), "-w", "start",
		"-o", fmt.Sprintf("-p %d -k %s -c listen_addresses=127.0.0.1", s.Port, dir))
	t.Cleanup(func() { s.Run(t, "pg_ctl", "-D", data, "-m", "immediate", "stop") })
	return s
}

// URL is the address of one of its databases, as its superuser.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s", s.Port, database)
}

// Postgres makes a database of its own on the server.
func (s *Server) Postgres(t testing.TB) *Data { return postgresAt(t, s.URL("postgres")) }

// Run runs one of the server's programs and returns what it said.
func (s *Server) Run(t testing.TB, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.Bin, program), args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	out, err := cmd.Output()
	if err != nil {
		said := ""
		if e, ok := err.(*exec.ExitError); ok {
			said = string(e.Stderr)
		}
		t.Fatalf("%s: %v\n%s%s", program, err, out, said)
	}
	return string(out)
}

// programs finds the folder that holds all of them: in the PATH, or where
// Debian puts the newest version.
func programs(t testing.TB, names ...string) string {
	t.Helper()
	folders := filepath.SplitList(os.Getenv("PATH"))
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(debian)
	for _, folder := range append(folders, debian...) {
		if !slices.ContainsFunc(names, func(name string) bool {
			_, err := exec.LookPath(filepath.Join(folder, name))
			return err != nil
		}) {
			return folder
		}
	}
	t.Skipf("the programs of PostgreSQL are not here: %v", names)
	return ""
}

// notRoot is the user under whom PostgreSQL, which refuses root, can run.
func notRoot(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Skip("PostgreSQL does not run as root, and there is no user postgres")
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func sparePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
