// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl

/// Draws from libcurl's code and the dialogue what failed, why, and whether it may pass.
struct RemoteVerdict {
    let server: RemoteServer
    /// The file or folder.
    let path: RemotePath
    let code: CURLcode
    /// libcurl's words.
    let words: String
    let exchange: RemoteExchange
    /// Whether the server had gone when the connection was closed.
    let wasCut: Bool

    /// The error of the call.
    func error(isConnected: Bool, isResolved: Bool) -> FilesError {
        if code == CURLE_REMOTE_FILE_NOT_FOUND { return .noSuchFile(path.text) }
        return .remote(
            RemoteFailure(
                server: server.name,
                step: step(isConnected: isConnected, isResolved: isResolved),
                path: path.components.isEmpty || !exchange.hasStarted ? nil : path.text,
                reason: server.proof.redacted(reason),
                isTemporary: isTemporary,
                shownKey: exchange.isKeyKnown ? nil : exchange.shownKey?.fingerprint
            )
        )
    }

    private func step(isConnected: Bool, isResolved: Bool) -> RemoteFailure.Step {
        if exchange.hasStarted { return .files }
        if code == CURLE_COULDNT_RESOLVE_HOST { return .name }
        if code == CURLE_COULDNT_CONNECT { return .connect }
        if isAboutTLS { return .handshake }
        if exchange.isLoggingIn || code == CURLE_LOGIN_DENIED { return .login }
        if isConnected { return .handshake }
        return isResolved ? .connect : .name
    }

    /// The SSH library calls it a refusal too when the server goes in the middle of a login.
    private var isCutInLogin: Bool {
        code == CURLE_LOGIN_DENIED && exchange.refusal == nil && wasCut
    }

    private var isAboutTLS: Bool {
        [
            CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_CIPHER,
        ].contains { $0.rawValue == code.rawValue } && !exchange.isLoggingIn
    }

    private var reason: String {
        if !exchange.isKeyKnown { return keyReason }
        if exchange.hasStalled { return "nothing moved for \(server.limits.stall) seconds" }
        if let refusal = exchange.refusal { return "\(refusal.code) \(refusal.text)" }
        if isCutInLogin { return "the connection was cut before the server answered" }
        if code == CURLE_LOGIN_DENIED, let methods = exchange.loginMethods {
            return "\(words); the server takes \(methods)\(keyHint)"
        }
        return words
    }

    private var keyReason: String {
        let shown = exchange.shownKey?.description ?? "none"
        guard !server.hostKeys.isEmpty else {
            return "its key is not known yet; it shows \(shown); compare this with what the"
                + " server's operator says, then trust it"
        }
        return "its key has changed: known is \(server.hostKeys.joined(separator: " or ")), it"
            + " shows \(shown); nothing was sent; if the change is right, trust the new key"
    }

    /// The SSH library signs with RSA keys by SHA-1 only, which OpenSSH refuses since 8.8.
    private var keyHint: String {
        guard server.proof.privateKey != nil else { return "" }
        return "; where the server knows the key, use one of Ed25519 or ECDSA instead of RSA"
    }

    /// RFC 959 section 4.2.1: 4yz is transient, 5yz permanent; 552 is a full disk.
    private var isTemporary: Bool {
        if !exchange.isKeyKnown { return false }
        if isCutInLogin { return true }
        if let refusal = exchange.refusal { return refusal.code < 500 || refusal.code == 552 }
        let isFinal: Set<UInt32> = [
            CURLE_LOGIN_DENIED.rawValue, CURLE_PEER_FAILED_VERIFICATION.rawValue,
            CURLE_SSL_CACERT_BADFILE.rawValue, CURLE_SSL_ISSUER_ERROR.rawValue,
            CURLE_USE_SSL_FAILED.rawValue, CURLE_REMOTE_ACCESS_DENIED.rawValue,
            CURLE_URL_MALFORMAT.rawValue,
        ]
        return !isFinal.contains(code.rawValue) && !words.contains("Permission denied")
    }
}
