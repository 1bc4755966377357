//! Debian's Dovecot for the tests of Part V: POP3 and IMAP, with and without TLS, by a server that nobody here wrote.

use crate::{
    common::DEADLINE,
    post_office::{foreign, missing},
};
use std::{
    collections::HashMap,
    fs,
    net::{Ipv4Addr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Dovecot in the foreground, with letters for ada, at an address of 127.0.0.0/8 that nobody else has.
pub struct Dovecot {
    child: Child,
    services: HashMap<&'static str, String>,
    pub folder: tempfile::TempDir,
}

impl Dovecot {
    /// `None`, and a word on it, where it is missing; but not in CI.
    pub fn start(letters: &[&[u8]]) -> Option<Self> {
        let program = "/usr/sbin/dovecot";
        if !Path::new(program).exists() {
            missing("dovecot");
            return None;
        }
        foreign("openssl", &["version"])?;
        let (folder, ip) = (tempfile::tempdir().unwrap(), own_ip());
        let path = folder.path();
        certificate(path, ip);
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(path.join("mail/ada").join(part)).unwrap();
        }
        for (number, letter) in letters.iter().enumerate() {
            let file = format!("mail/ada/new/170000000{number}.1.test");
            fs::write(path.join(file), letter).unwrap();
        }
        fs::write(path.join("users"), "ada:lovelace\n").unwrap();
        let (users, owner) = owner_of(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        let shown = path.display();
        // With the ports of our own post office.
        let services = [("imap", 7143, 7993), ("pop3", 7110, 7995)].map(|(name, plain, tls)| {
            format!(
                "service {name}-login {{\n  chroot =\n  inet_listener {name} {{\n    port = {plain}\n  }}\n  \
                 inet_listener {name}s {{\n    port = {tls}\n    ssl = yes\n  }}\n}}\n"
            )
        });
        let config = format!(
            "protocols = imap pop3\nbase_dir = {shown}/run\nstate_dir = {shown}/state\nlog_path = {shown}/log\n\
             listen = {ip}\nfirst_valid_uid = 0\nfirst_valid_gid = 0\n{users}\
             ssl = yes\nssl_cert = <{shown}/server.pem\nssl_key = <{shown}/server.key\n\
             disable_plaintext_auth = no\nauth_mechanisms = plain\n\
             passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN {shown}/users\n}}\n\
             userdb {{\n  driver = static\n  args = {owner} home={shown}/mail/%u\n}}\n\
             mail_location = maildir:{shown}/mail/%u\n\
             namespace inbox {{\n  inbox = yes\n}}\n\
             service anvil {{\n  chroot =\n}}\n{}",
            services.concat()
        );
        fs::write(path.join("dovecot.conf"), config).unwrap();
        let mut dovecot = Command::new(program);
        dovecot.arg("-F").arg("-c").arg(path.join("dovecot.conf"));
        let child = dovecot.stdin(Stdio::null()).spawn().unwrap();
        let ports = [
            ("imap", 7143),
            ("imaps", 7993),
            ("pop3", 7110),
            ("pop3s", 7995),
        ];
        let services = ports.map(|(name, port)| (name, format!("{ip}:{port}")));
        let dovecot = Self {
            child,
            services: services.into(),
            folder,
        };
        let end = Instant::now() + DEADLINE;
        for address in dovecot.services.values() {
            while TcpStream::connect(address).is_err() {
                let log = fs::read_to_string(dovecot.folder.path().join("log"));
                assert!(Instant::now() < end, "dovecot does not start: {log:?}");
                thread::sleep(Duration::from_millis(20));
            }
        }
        Some(dovecot)
    }

    /// The address of a service, by the names of our own post office.
    #[track_caller]
    pub fn at(&self, service: &str) -> &str {
        &self.services[service]
    }

    /// The certificate to trust.
    pub fn ca(&self) -> String {
        let ca = self.folder.path().join("authority.pem");
        ca.to_str().unwrap().into()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its processes end with it, when it is asked; where it is killed, they stay.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let end = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Who owns the mail, in the words of the configuration: first whom Dovecot's own processes run as, then ada's mail.
fn owner_of(folder: &Path) -> (String, String) {
    let id = |flag| foreign("id", &[flag]).expect("id").1.trim().to_owned();
    if id("-u") == "0" {
        // As root it starts processes of its own users; the mail may be any user's but root's.
        let path = folder.to_str().unwrap();
        let (changed, said) = foreign("chown", &["-R", "nobody:nogroup", path]).expect("chown");
        assert!(changed, "{said}");
        return (String::new(), "uid=nobody gid=nogroup".to_owned());
    }
    let (name, group) = (id("-un"), id("-gn"));
    let users = format!("default_internal_user = {name}\ndefault_login_user = {name}\n");
    (users, format!("uid={name} gid={group}"))
}

/// An address of this machine that nobody else uses: these programs can't be asked for any free port.
pub fn own_ip() -> Ipv4Addr {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let id = std::process::id().wrapping_mul(64) + NUMBER.fetch_add(1, Ordering::Relaxed);
    let [_, a, b, c] = id.to_be_bytes();
    // Not 127.0.0.1.
    Ipv4Addr::new(127, a | 0x80, b, c)
}

/// An authority, and a certificate by it for this address.
fn certificate(folder: &Path, ip: Ipv4Addr) {
    let names =
        format!("subjectAltName=IP:{ip}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
    fs::write(folder.join("names"), names).unwrap();
    for arguments in [
        "req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem -days 2 -subj /CN=authority",
        "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out server.pem -days 2 -extfile names",
    ] {
        let made = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{said}");
    }
}
