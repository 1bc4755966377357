//! IMAP4rev1 (RFC 3501): a client reads its letters where they are.

use crate::{
    Office,
    connection::{Connection, ReadError},
};

/// One session, from the greeting to the end. The connection is closed by whoever calls.
///
/// # Errors
///
/// Whatever has ended the session other than LOGOUT.
pub(crate) fn serve(connection: &mut Connection, _office: &Office) -> Result<(), ReadError> {
    connection.reply("* BYE [UNAVAILABLE] not here yet")
}
