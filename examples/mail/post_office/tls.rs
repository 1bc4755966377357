//! A certificate authority for this run, and the certificate that it gives to this server.
//!
//! Two certificates, because rustls takes no authority's own certificate for a server's.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::{
    ServerConfig, crypto,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{error::Error, net::IpAddr, sync::Arc};

/// Makes both. Gives what TLS needs, and the authority's certificate as PEM: who wants to verify this server trusts
/// that one. The private keys exist in memory only, and end with the program.
///
/// # Errors
///
/// If the system gives no random numbers.
pub fn make(address: IpAddr) -> Result<(Arc<ServerConfig>, String), Box<dyn Error + Send + Sync>> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(
        DnType::CommonName,
        "the post office's authority, for this run only",
    );
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = authority.self_signed(&authority_key)?;
    let pem = certificate.pem();

    // A client compares the name that it connected to with these names.
    let key = KeyPair::generate()?;
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".into(), "::1".into()];
    if !names.contains(&address.to_string()) && !address.is_unspecified() {
        names.push(address.to_string());
    }
    let mut server = CertificateParams::new(names)?;
    server
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    server.use_authority_key_identifier_extension = true;
    server.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = server.signed_by(&key, &Issuer::new(authority, authority_key))?;

    let provider = Arc::new(crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    // Tickets are for a next connection, and would be bytes that a client leaves unread when it closes: that resets.
    tls.send_tls13_tickets = 0;
    Ok((Arc::new(tls), pem))
}
