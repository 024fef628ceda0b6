// SPDX-License-Identifier: Apache-2.0

/// What differs between the protocols of servers.
protocol RemoteDialect: Sendable {
    /// The scheme of addresses, which libcurl chooses the protocol by.
    var scheme: String { get }
    /// The protocols that libcurl may speak: this one alone.
    var protocols: String { get }

    /// Sets what only this protocol has.
    func configure(_ handle: RemoteHandle, _ server: RemoteServer)
    /// A path as it stands in an address behind the host's `/`.
    func addressPath(_ path: RemotePath) -> String
    /// The folder that a login begins in, when paths cannot simply be relative to it.
    func home(_ session: RemoteSession) throws -> RemotePath?
    /// The commands that give a file another path.
    func rename(_ source: RemotePath, _ target: RemotePath) -> [String]
    /// The command that removes a file.
    func remove(_ path: RemotePath) -> String
    /// The command that makes a folder; one that is there already is no error.
    func makeFolder(_ path: RemotePath) -> String
    /// The names in a folder, hidden ones too, files and others.
    func names(in folder: RemotePath, _ session: RemoteSession) throws -> [String]
    /// The files in a folder.
    func list(_ folder: RemotePath, _ session: RemoteSession) throws -> [RemoteFile]
    /// What the server says of a full disk, when the writing of a file failed without its words.
    func refusal(of file: RemotePath, _ session: RemoteSession) -> String?
}

/// One call on a server.
struct RemoteRequest {
    /// What is moved.
    enum Transfer {
        /// Nothing: only commands are given.
        case none
        /// Length and moment of a file.
        case status
        /// A listing, by a command of its own or by the protocol's usual one.
        case list(command: String?, namesOnly: Bool)
        /// The content of a file, from a position on.
        case download(from: Int64)
        /// The content of a file, so many bytes long, or what is appended to it.
        case upload(bytes: Int64, appends: Bool)
    }

    /// The file or folder.
    var path: RemotePath
    /// What is moved.
    var transfer = Transfer.none
    /// What is said before.
    var commands: [String] = []

    /// Whether the path is a folder's.
    var isFolder: Bool {
        switch transfer {
        case .none, .list: true
        case .status, .download, .upload: false
        }
    }
}

/// What a server says of a file.
struct RemoteStatus: Hashable {
    /// Its length; nil when the server does not tell.
    var size: Int64?
    /// When it was last changed; nil when the server does not tell.
    var modified: Int64?
}
