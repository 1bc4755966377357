//! SMTP (RFC 5321): letters come in.

use crate::{
    Office,
    connection::{Connection, ReadError},
};

/// Which side of the post office a client has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Where other servers bring letters for our users: port 25.
    Relay,
    /// Where our users bring letters: ports 587 and 465 (RFC 6409).
    Submission,
}

/// One session, from the greeting to the end. The connection is closed by whoever calls.
pub(crate) fn serve(
    connection: &mut Connection,
    office: &Office,
    _role: Role,
) -> Result<(), ReadError> {
    connection.reply(&format!("554 5.3.2 {} not here yet", office.domain))
}
