// SPDX-License-Identifier: Apache-2.0

/// How a relay is reached.
public struct SMTPOptions: Hashable, Sendable {
    /// The relay's host name or IP address.
    public var host: String
    /// The relay's port.
    public var port: Int
    /// The name this side gives in EHLO.
    public var clientName: String
    /// How the connection is encrypted.
    public var security: Security
    /// The login; nil for none.
    public var login: Login?
    /// A file of trusted certificates in PEM; nil for the system's.
    public var trustFile: String?
    /// How many connections a batch is spread over, at least 1.
    public var connections: Int
    /// The longest wait for a connection, in seconds.
    public var connectTimeout: Int
    /// The longest time one message may take, with its connection, in seconds.
    public var messageTimeout: Int

    /// Makes options: plain SMTP on one connection, 15 s to connect, 300 s a message.
    public init(
        host: String,
        port: Int = 25,
        clientName: String = "localhost",
        security: Security = .plain,
        login: Login? = nil,
        trustFile: String? = nil,
        connections: Int = 1,
        connectTimeout: Int = 15,
        messageTimeout: Int = 300
    ) {
        self.host = host
        self.port = port
        self.clientName = clientName
        self.security = security
        self.login = login
        self.trustFile = trustFile
        self.connections = connections
        self.connectTimeout = connectTimeout
        self.messageTimeout = messageTimeout
    }

    /// How a connection is encrypted.
    public enum Security: String, Hashable, Sendable {
        /// Not at all.
        case plain
        /// By STARTTLS, required (RFC 3207).
        case startTLS
        /// From the first byte (RFC 8314), usually on port 465.
        case tls
    }

    /// A user and a password, the latter hidden in descriptions.
    public struct Login: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
        CustomReflectable
    {
        /// The user name.
        public var user: String
        /// The password.
        public var password: String

        /// Makes a login.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }

        /// The user name alone.
        public var description: String { "login of \(user)" }

        /// The user name alone.
        public var debugDescription: String { description }

        /// The user name alone.
        public var customMirror: Mirror { Mirror(self, children: ["user": user]) }
    }

    /// The address for libcurl.
    ///
    /// - Throws: `MessagingError.setting` for a host, port or name that cannot stand in it.
    func url() throws -> String {
        guard !host.isEmpty, host.utf8.allSatisfy({ Self.isNameByte($0) || $0 == 0x3A }) else {
            throw MessagingError.setting(name: "SMTP host", problem: "is not a host name")
        }
        guard (1...65_535).contains(port), connections >= 1 else {
            throw MessagingError.setting(name: "SMTP port", problem: "or connections is not valid")
        }
        guard !clientName.isEmpty, clientName.utf8.allSatisfy(Self.isNameByte) else {
            throw MessagingError.setting(name: "SMTP client name", problem: "is not a host name")
        }
        let authority = host.contains(":") ? "[\(host)]" : host
        return "\(security == .tls ? "smtps" : "smtp")://\(authority):\(port)/\(clientName)"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || "-._".utf8.contains(byte)
    }
}
