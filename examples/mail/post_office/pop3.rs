//! POP3 (RFC 1939): a client fetches its letters.

use crate::{
    Office,
    connection::{Connection, ReadError},
};

/// One session, from the greeting to the end. The connection is closed by whoever calls.
///
/// # Errors
///
/// Whatever has ended the session other than QUIT.
pub(crate) fn serve(connection: &mut Connection, _office: &Office) -> Result<(), ReadError> {
    connection.reply("-ERR [SYS/TEMP] not here yet")
}
