// SPDX-License-Identifier: Apache-2.0

/// What failed on a server, where, and the server's own words.
public struct RemoteFailure: Hashable, Sendable, CustomStringConvertible {
    /// What was done when it failed, in the order in which a connection goes through it.
    public enum Step: String, Hashable, Sendable, CaseIterable {
        /// The server's name was looked up.
        case name
        /// The connection was opened.
        case connect
        /// Keys and certificates were exchanged and checked.
        case handshake
        /// User, password or key were shown.
        case login
        /// Files were worked with.
        case files
    }

    /// The server: `sftp.example.org:22`.
    public let server: String
    /// What was done.
    public let step: Step
    /// The file or folder that it was about; nil before there was any.
    public let path: String?
    /// Why, in the words of server or library; without secrets.
    public let reason: String
    /// Whether the same may succeed later.
    public let isTemporary: Bool
    /// The fingerprint of the key that the server showed when it was not the known one.
    public let shownKey: String?

    /// Describes a failure.
    public init(
        server: String,
        step: Step,
        path: String? = nil,
        reason: String,
        isTemporary: Bool,
        shownKey: String? = nil
    ) {
        self.server = server
        self.step = step
        self.path = path
        self.reason = reason
        self.isTemporary = isTemporary
        self.shownKey = shownKey
    }

    /// A sentence that is safe to print.
    public var description: String {
        let subject = path.map { " on \(PrintedName.quoted($0))" } ?? ""
        return switch step {
        case .name: "the name of the server \(server) could not be resolved: \(reason)"
        case .connect: "no connection to the server \(server): \(reason)"
        case .handshake: "the handshake with the server \(server) failed: \(reason)"
        case .login: "the login to the server \(server) failed: \(reason)"
        case .files: "the server \(server) failed\(subject): \(reason)"
        }
    }
}

/// Names that others chose, made fit for a message.
enum PrintedName {
    /// A name in double quotes, without control characters that would garble a log or a page.
    static func quoted(_ name: String) -> String { "\"\(plain(name))\"" }

    /// A text without control characters.
    static func plain(_ text: String) -> String {
        let safe = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
        return String(String.UnicodeScalarView(safe))
    }
}
