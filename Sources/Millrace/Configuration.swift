// SPDX-License-Identifier: Apache-2.0
public import API
public import Database
public import Files
import Foundation
public import Messaging

/// Where an installation keeps its data and how it reaches the world.
public struct Configuration: Sendable {
    /// The database.
    public var database: DatabaseAddress
    /// The folder of everything that is kept besides: spool, transferboxes, outbox.
    public var dataFolder: String
    /// The relay that takes mails; the built-in outbox when nil.
    public var relay: SMTPOptions?
    /// Where files between two steps lie.
    public var spool: SpoolPlace
    /// The servers that locations may lie on; all unless given.
    public var locationHosts = AllowedHosts.all
    /// The folders of this machine below which locations may lie; nil for anywhere as long as there is
    /// one workspace, and nowhere when there are several.
    public var locationFolders: [String]?
    /// Where the API listens, and what it puts up with.
    public var api = ServerOptions()
    /// The address under which the world reaches the public listener, such as
    /// `https://news.example.org`; nil for messages that are not tracked.
    public var publicURL: String?
    /// The address under which people reach the console, such as `https://millrace.example.org`; nil
    /// for the one that their requests say.
    public var consoleURL: String?
    /// The mailbox into which mails come back, each with a tag of its own; nil to let them come back
    /// to their senders' addresses.
    public var bounceAddress: EmailAddress?
    /// Where the public listener listens; nil for none.
    public var publicListener: ServerOptions?

    /// Makes a configuration.
    public init(
        database: DatabaseAddress,
        dataFolder: String,
        relay: SMTPOptions? = nil,
        spool: SpoolPlace = .standard
    ) {
        self.database = database
        self.dataFolder = dataFolder
        self.relay = relay
        self.spool = spool
    }

    /// Reads a configuration from a database address and the environment.
    ///
    /// `MILLRACE_DATABASE` names the database when the address is nil, `sqlite:millrace.db` when
    /// neither does; `MILLRACE_SMTP` (`smtp://HOST:PORT`) names a relay, `MILLRACE_SPOOL`
    /// (`database` or `folder:PATH`) the place of the spool, `MILLRACE_LISTEN` (`HOST:PORT`) where
    /// the API listens, `MILLRACE_TLS_CERTIFICATE` and `MILLRACE_TLS_KEY` its PEM files,
    /// `MILLRACE_LOCATION_HOSTS` (names and addresses, `*.example.org`) the servers that locations may
    /// lie on, `MILLRACE_LOCATION_FOLDERS` (whole paths, separated by colons) the folders below which
    /// they may lie; for `MILLRACE_PROXIES` and `MILLRACE_CONSOLE_URL` see ``stand(behind:at:)``, for
    /// `MILLRACE_PUBLIC_URL` and `MILLRACE_PUBLIC_LISTEN` see
    /// ``reach(at:listeningAt:)``, `MILLRACE_PUBLIC_TLS_CERTIFICATE` and `MILLRACE_PUBLIC_TLS_KEY` are
    /// its PEM files, `MILLRACE_BOUNCE_ADDRESS` is the mailbox into which mails come back. What is kept
    /// besides the database lies in the data folder, which `MILLRACE_DATA` names when it is nil: without it
    /// `PATH-data` beside an SQLite file, `millrace-data` where PostgreSQL has the rest.
    ///
    /// - Throws: ``ConfigurationError``, or `DatabaseError.unknownAddress`.
    public init(
        address: String?,
        dataFolder: String? = nil,
        environment: [String: String]
    ) throws {
        let text = address ?? environment["MILLRACE_DATABASE"] ?? "sqlite:millrace.db"
        let database = try DatabaseAddress(text)
        let usual = try Configuration.dataFolder(besides: database)
        self.init(
            database: database,
            dataFolder: dataFolder ?? environment["MILLRACE_DATA"] ?? usual,
            relay: try environment["MILLRACE_SMTP"].map(Configuration.relay),
            spool: try environment["MILLRACE_SPOOL"].map(SpoolPlace.init) ?? .standard
        )
        if let hosts = environment["MILLRACE_LOCATION_HOSTS"] {
            locationHosts = AllowedHosts(hosts.split { " ,".contains($0) }.map(String.init))
        }
        locationFolders = try environment["MILLRACE_LOCATION_FOLDERS"].map(Configuration.folders)
        if let listen = environment["MILLRACE_LISTEN"] { try self.listen(at: listen) }
        try stand(
            behind: environment["MILLRACE_PROXIES"],
            at: environment["MILLRACE_CONSOLE_URL"]
        )
        api.certificateFile = environment["MILLRACE_TLS_CERTIFICATE"]
        api.keyFile = environment["MILLRACE_TLS_KEY"]
        bounceAddress = try environment["MILLRACE_BOUNCE_ADDRESS"].map { text in
            guard let address = EmailAddress(text), address.localPart.utf8.count <= 16 else {
                throw ConfigurationError.badBounceAddress(text)
            }
            return address
        }
        try reach(
            at: environment["MILLRACE_PUBLIC_URL"],
            listeningAt: environment["MILLRACE_PUBLIC_LISTEN"]
        )
        publicListener?.certificateFile = environment["MILLRACE_PUBLIC_TLS_CERTIFICATE"]
        publicListener?.keyFile = environment["MILLRACE_PUBLIC_TLS_KEY"]
    }

    /// Sets where the API listens: `HOST:PORT`, or `[ADDRESS]:PORT` for IPv6.
    ///
    /// - Throws: ``ConfigurationError/badListen(_:)``.
    public mutating func listen(at text: String) throws {
        (api.host, api.port) = try Configuration.place(text)
    }

    static func place(_ text: String) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { throw ConfigurationError.badListen(text) }
        let host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        return (host, Int(port))
    }

    /// The file that holds the key of sealed secrets.
    public var keyFile: String { dataFolder + "/secret.key" }

    /// The folder of this machine for the spool: its files, or copies and temporary files.
    public var spoolFolder: String { dataFolder + "/spool" }

    /// What tells that a server's database was restored; an SQLite file has its own beside it.
    ///
    /// Not in the data folder, which is backed up and restored with the database.
    public var witnessFile: String { dataFolder + "-witness" }

    /// The program's own folders and files, with which no location may have to do.
    var ownFiles: [String] {
        var own = [dataFolder, keyFile, witnessFile] + [spool.folder(self)].compactMap(\.self)
        if case .sqlite(let path) = database { own.append(path) }
        return own
    }

    /// The folder of the built-in outbox.
    public var outboxFolder: String { dataFolder + "/outbox" }

    /// The folder of the transferboxes.
    public var transferboxFolder: String { dataFolder + "/transferbox" }

    private static func dataFolder(besides database: DatabaseAddress) throws -> String {
        switch database {
        case .sqlite(let path): return path + "-data"
        case .postgres: return "millrace-data"
        case .memory: throw ConfigurationError.noMemoryDatabase
        }
    }

    private static func folders(_ text: String) throws -> [String] {
        let folders = text.split(separator: ":").map(String.init)
        guard folders.allSatisfy({ $0.hasPrefix("/") }) else {
            throw ConfigurationError.badLocationFolders(text)
        }
        return folders
    }

    private static func relay(_ text: String) throws -> SMTPOptions {
        guard let address = URLComponents(string: text), address.scheme == "smtp",
            let host = address.host, !host.isEmpty
        else { throw ConfigurationError.badRelay(text) }
        return SMTPOptions(host: host, port: address.port ?? 25, connections: 2)
    }
}

/// What is wrong with a configuration.
public enum ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// A relay's address that is none.
    case badRelay(String)
    /// An address to listen at that is none.
    case badListen(String)
    /// A console's address that is none.
    case badConsoleURL(String)
    /// Proxies that are no addresses.
    case badProxies(String)
    /// A public address that is none.
    case badPublicURL(String)
    /// An address for returned mails that is none, or too long for a tag.
    case badBounceAddress(String)
    /// Folders for locations that are no whole paths.
    case badLocationFolders(String)
    /// A place for the spool that is none.
    case badSpool(String)
    /// A database in memory cannot be used from the command line.
    case noMemoryDatabase
    /// A word that is no role of a node.
    case unknownRole(String)
    /// There is no workspace of that name.
    case noSuchWorkspace(String)
    /// There are several workspaces, and none was named.
    case whichWorkspace([String])

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .badRelay(let text): "\(text) is no relay; use smtp://HOST:PORT"
        case .badListen(let text): "\(text) is no address to listen at; use HOST:PORT"
        case .badConsoleURL(let text):
            "\(text) is no address of the console; use https://HOST or https://HOST:PORT without a path"
        case .badProxies(let text):
            "\(text) names no proxies; use addresses or networks such as 127.0.0.1 10.0.0.0/8"
        case .badPublicURL(let text):
            "\(text) is no public address; use https://HOST or https://HOST:PORT without a path"
        case .badBounceAddress(let text):
            "\(text) is no address for returned mails; use bounces@HOST, at most 16 characters before @"
        case .badLocationFolders(let text):
            "\(text) names no folders for locations; use whole paths, separated by colons"
        case .badSpool(let text):
            "\(text) is no place for the spool; use database or folder:PATH with a whole path"
        case .noMemoryDatabase:
            "a database in memory is for tests; use sqlite:PATH or postgres://USER@HOST/NAME"
        case .unknownRole(let word):
            "\"\(word)\" is no role; use "
                + Role.allCases.map(\.rawValue).joined(separator: ", ")
        case .noSuchWorkspace(let name): "there is no workspace \(name)"
        case .whichWorkspace(let names):
            "there are several workspaces; name one of \(names.joined(separator: ", "))"
        }
    }
}
