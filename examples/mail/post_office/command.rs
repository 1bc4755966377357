//! What an SMTP client says, taken apart (RFC 5321 §4.1).

/// A command and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `EHLO client.example`: begins a session with extensions.
    Ehlo(String),
    /// `HELO client.example`: begins one without.
    Helo(String),
    /// `STARTTLS` (RFC 3207)
    StartTls,
    /// `AUTH PLAIN [initial response]` (RFC 4954)
    Auth(String, Option<String>),
    /// `MAIL FROM:<ada@loopback.example> SIZE=1000`: begins a letter. The null sender `<>` is the empty text.
    Mail(String, Option<u64>),
    /// `RCPT TO:<grace@loopback.example>`: one more recipient.
    Rcpt(String),
    /// `DATA`: the letter comes.
    Data,
    /// `RSET`: forget the letter that has begun.
    Rset,
    /// `NOOP`, with any argument
    Noop,
    /// `VRFY somebody`
    Vrfy,
    /// `HELP`, with any argument
    Help,
    /// `QUIT`
    Quit,
}

impl Command {
    // ANCHOR: parse
    /// Takes a line without its CR LF apart, or gives the reply that refuses it.
    pub fn parse(line: &[u8]) -> Result<Command, &'static str> {
        // RFC 5321 §2.4: commands are ASCII; letters of either case are the same.
        let line = str::from_utf8(line).ok().filter(|line| line.is_ascii());
        let line = line
            .ok_or("500 5.5.2 commands are ASCII")?
            .trim_end_matches(' ');
        if line.contains(|c: char| c.is_ascii_control()) {
            return Err("500 5.5.2 no control characters in a command");
        }
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let alone = |command| match argument {
            "" => Ok(command),
            _ => Err("501 5.5.4 this command takes no argument"),
        };
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => Ok(Command::Ehlo(client_name(argument)?)),
            "HELO" => Ok(Command::Helo(client_name(argument)?)),
            "STARTTLS" => alone(Command::StartTls),
            "AUTH" => auth(argument),
            "MAIL" => mail(argument),
            "RCPT" => rcpt(argument),
            "DATA" => alone(Command::Data),
            "RSET" => alone(Command::Rset),
            "NOOP" => Ok(Command::Noop),
            "VRFY" => Ok(Command::Vrfy),
            "HELP" => Ok(Command::Help),
            "QUIT" => alone(Command::Quit),
            "EXPN" | "TURN" | "ETRN" | "BDAT" => {
                Err("502 5.5.1 this command is not for this post office")
            }
            _ => Err("500 5.5.1 no such command: HELP lists them"),
        }
    }
    // ANCHOR_END: parse
}

/// What to print for a line that a client sent: without what may be a password.
pub fn without_secrets(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or("");
    let letters: String = first.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.to_ascii_uppercase().as_str() {
        "AUTH" => match (words.next(), words.next()) {
            (Some(mechanism @ ("PLAIN" | "LOGIN" | "plain" | "login")), Some(_)) => {
                format!("{first} {mechanism} ***")
            }
            (Some(mechanism @ ("PLAIN" | "LOGIN" | "plain" | "login")), None) => {
                format!("{first} {mechanism}")
            }
            (Some(_), _) => format!("{first} ***"),
            (None, _) => line.into_owned(),
        },
        "EHLO" | "HELO" | "STARTTLS" | "MAIL" | "RCPT" | "DATA" | "RSET" | "NOOP" | "VRFY"
        | "HELP" | "QUIT" | "EXPN" | "TURN" | "ETRN" | "BDAT" => line.into_owned(),
        // POP3's PASS in the wrong place, or base64 after an AUTH that was refused: anything may be a secret.
        _ if words.next().is_some() || first.len() > 8 || letters.contains("AUTH") => {
            let verb: String = letters.chars().take(4).collect();
            if first.len() > 8 {
                "***".to_owned()
            } else {
                format!("{verb} ***")
            }
        }
        _ => line.into_owned(),
    }
}

/// A client's name for itself: a domain, or an address in brackets. It goes into a header field, so it has to be harmless.
fn client_name(name: &str) -> Result<String, &'static str> {
    if is_domain(name) {
        Ok(name.to_owned())
    } else {
        Err("501 5.5.4 say who you are: a domain, or an address in brackets")
    }
}

/// `PLAIN [initial response]`
fn auth(argument: &str) -> Result<Command, &'static str> {
    let mut words = argument.split(' ');
    let mechanism = words.next().filter(|mechanism| !mechanism.is_empty());
    let mechanism = mechanism.ok_or("501 5.5.4 AUTH needs a mechanism")?;
    let initial = words.next().map(str::to_owned);
    match words.next() {
        None => Ok(Command::Auth(mechanism.to_ascii_uppercase(), initial)),
        Some(_) => Err("501 5.5.4 AUTH takes a mechanism and one response"),
    }
}

/// `FROM:<ada@loopback.example> SIZE=1000 BODY=8BITMIME`
fn mail(argument: &str) -> Result<Command, &'static str> {
    let (sender, parameters) = path(argument, "FROM:")
        .ok_or("501 5.5.4 it is MAIL FROM:<name@domain>, or MAIL FROM:<>")?;
    if !sender.is_empty() && !is_address(sender) {
        return Err("501 5.1.7 this is no address");
    }
    let mut size = None;
    for parameter in parameters
        .split(' ')
        .filter(|parameter| !parameter.is_empty())
    {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match (
            key.to_ascii_uppercase().as_str(),
            value.to_ascii_uppercase().as_str(),
        ) {
            // RFC 1870 §3: up to 20 digits, which is more than a u64 has room for.
            ("SIZE", digits)
                if (1..=20).contains(&digits.len())
                    && digits.bytes().all(|b| b.is_ascii_digit()) =>
            {
                size = Some(digits.parse().unwrap_or(u64::MAX));
            }
            // All bytes are kept as they come, so both are the same to us (RFC 6152).
            ("BODY", "7BIT" | "8BITMIME") => {}
            // Who the sender was at an earlier server. Nobody here has reason to believe it (RFC 4954 §5).
            ("AUTH", identity) if !identity.is_empty() => {}
            ("SIZE" | "BODY" | "AUTH", _) => {
                return Err("501 5.5.4 this parameter's value is wrong");
            }
            _ => return Err("555 5.5.4 this parameter is unknown"),
        }
    }
    Ok(Command::Mail(sender.to_owned(), size))
}

/// `TO:<grace@loopback.example>`
fn rcpt(argument: &str) -> Result<Command, &'static str> {
    let (recipient, parameters) =
        path(argument, "TO:").ok_or("501 5.5.4 it is RCPT TO:<name@domain>")?;
    // The one name that every post office knows without a domain (RFC 5321 §4.1.1.3).
    if !is_address(recipient) && !recipient.eq_ignore_ascii_case("postmaster") {
        return Err("501 5.1.3 this is no address");
    }
    if !parameters.is_empty() {
        return Err("555 5.5.4 this parameter is unknown");
    }
    Ok(Command::Rcpt(recipient.to_owned()))
}

/// What stands between `<` and `>`, and what stands behind them. A space before `<` is wrong, but widespread.
fn path<'a>(argument: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (start, rest) = argument.split_at_checked(keyword.len())?;
    let rest = rest.trim_start_matches(' ').strip_prefix('<')?;
    let mut is_quoted = false;
    let mut is_escaped = false;
    let end = rest.find(|c| {
        let is_end = c == '>' && !is_quoted;
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    })?;
    let (path, rest) = (&rest[..end], &rest[end + 1..]);
    let fits = start.eq_ignore_ascii_case(keyword) && (rest.is_empty() || rest.starts_with(' '));
    // A route that letters had to take, long ago: `@one,@two:ada@three` means the last (RFC 5321 §4.1.1.3).
    let path = match path.split_once(':') {
        Some((route, path)) if route.starts_with('@') => path,
        _ => path,
    };
    fits.then_some((path, rest.trim_start_matches(' ')))
}

// ANCHOR: address
/// Is it `local-part@domain`, within the lengths of RFC 5321 §4.5.3.1?
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    local.len() <= 64 && is_local_part(local) && is_domain(domain)
}
// ANCHOR_END: address

/// `ada`, `ada.l`, or nearly anything in quotes: `"ada l"`.
fn is_local_part(text: &str) -> bool {
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    if let Some(quoted) = quoted {
        let mut characters = quoted.chars();
        while let Some(c) = characters.next() {
            let fits = match c {
                '\\' => characters
                    .next()
                    .is_some_and(|c| c == ' ' || c.is_ascii_graphic()),
                '"' => false,
                c => c == ' ' || c.is_ascii_graphic(),
            };
            if !fits {
                return false;
            }
        }
        return true;
    }
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    text.split('.')
        .all(|part| !part.is_empty() && part.chars().all(atom))
}

/// `loopback.example`, or an address in brackets: `[127.0.0.1]`. Many clients have an underscore in their names.
fn is_domain(text: &str) -> bool {
    if let Some(literal) = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        let is_v6 = |ip: &str| ip.parse::<std::net::Ipv6Addr>().is_ok();
        return literal.parse::<std::net::Ipv4Addr>().is_ok()
            || literal.strip_prefix("IPv6:").is_some_and(is_v6);
    }
    let label = |label: &str| {
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(inside)
            && !label.starts_with('-')
    };
    text.len() <= 255 && text.split('.').all(label)
}
