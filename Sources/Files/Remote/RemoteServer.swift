// SPDX-License-Identifier: Apache-2.0
import Common

/// How a server is reached and who it has to be.
struct RemoteServer: Sendable {
    /// What is spoken with it.
    var dialect: any RemoteDialect
    /// Its name or address.
    var host: String
    /// Its port.
    var port: Int
    /// Who logs in.
    var user: String
    /// What proves it.
    var proof: LoginProof
    /// The SHA-256 fingerprints of keys that it may show (SSH).
    var hostKeys: [String] = []
    /// Certificates in PEM that vouch for it instead of the system's (TLS).
    var authority: String?
    /// How long is waited.
    var limits = RemoteLimits()

    /// How messages name it.
    var name: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// An address for libcurl, with a path that was escaped.
    func address(_ path: String) -> String { "\(dialect.scheme)://\(name)/\(path)" }
}

/// The password or key of a login; hides itself when printed.
struct LoginProof: Sendable, CustomStringConvertible, CustomReflectable {
    /// The password.
    var password: String?
    /// The private key in PEM or OpenSSH form.
    var privateKey: String?
    /// What opens the private key.
    var passphrase: String?

    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }

    /// A text without the secrets, should a server repeat them.
    func redacted(_ text: String) -> String {
        [password, passphrase].compactMap { $0 }.filter { $0.utf8.count >= 3 }
            .reduce(text) { $0.replacing($1, with: "(secret)") }
    }
}

/// How long a server is waited for.
public struct RemoteLimits: Hashable, Sendable {
    /// The longest wait until the login has succeeded, in seconds.
    public var connect: Int
    /// The longest time in which not a byte moves, in seconds.
    public var stall: Int
    /// How often a download that was cut goes on where it was, before the task has to try again.
    public var resumptions: Int

    /// Makes limits: 15 s to log in, 60 s without a byte, 2 resumptions.
    public init(connect: Int = 15, stall: Int = 60, resumptions: Int = 2) {
        self.connect = connect
        self.stall = stall
        self.resumptions = resumptions
    }
}
