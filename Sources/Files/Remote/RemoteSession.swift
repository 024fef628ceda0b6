// SPDX-License-Identifier: Apache-2.0
import Common
import Synchronization

/// One connection to a server, opened at the first call and kept between calls.
///
/// Calls block, one at a time: the handle is touched under the lock only.
final class RemoteSession: @unchecked Sendable {
    /// The server.
    let server: RemoteServer
    private var handle: RemoteHandle?
    private let lock = Mutex(())
    private let home = Mutex<RemotePath?>(nil)

    init(_ server: RemoteServer) {
        self.server = server
    }

    /// Connects and logs in.
    func open() throws { _ = try base() }

    /// The location's folder as this server's paths begin with it.
    func base(_ setting: RemotePath) throws -> RemotePath {
        guard !setting.isAbsolute, let home = try base() else { return setting }
        return RemotePath(
            isAbsolute: home.isAbsolute,
            components: home.components + setting.components
        )
    }

    /// Gives commands, in order; what begins with `*` may fail.
    ///
    /// - Returns: What they were answered with.
    @discardableResult
    func command(_ commands: [String]) throws -> String {
        let request = RemoteRequest(
            path: RemotePath(isAbsolute: false, components: []),
            commands: commands
        )
        let exchange = exchange()
        _ = try perform(request, exchange)
        return exchange.answer
    }

    /// Length and moment of a file; nil when there is none.
    func status(_ path: RemotePath) throws -> RemoteStatus? {
        do {
            return try perform(RemoteRequest(path: path, transfer: .status), exchange())
        } catch FilesError.noSuchFile {
            return nil
        }
    }

    /// The lines of a listing.
    func lines(
        _ path: RemotePath,
        command: String? = nil,
        namesOnly: Bool = false
    ) throws
        -> [String]
    {
        var bytes: [UInt8] = []
        let exchange = exchange()
        exchange.sink = { chunk in
            // A million names; more would be no listing but an attack.
            guard bytes.count < 1 << 28 else {
                throw FilesError.tooLarge(path.text, reason: "its listing is longer than 256 MB")
            }
            bytes += chunk
        }
        let transfer = RemoteRequest.Transfer.list(command: command, namesOnly: namesOnly)
        _ = try perform(RemoteRequest(path: path, transfer: transfer), exchange)
        return bytes.split(separator: UInt8(ascii: "\n")).map { line in
            String(
                decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line,
                as: UTF8.self
            )
        }
    }

    /// Fetches a file from a position on.
    func download(
        _ path: RemotePath,
        from position: Int64,
        _ sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let exchange = exchange()
        exchange.sink = sink
        _ = try perform(
            RemoteRequest(path: path, transfer: .download(from: position)),
            exchange
        )
    }

    /// Brings a file of so many bytes, replacing what is there.
    func upload(
        _ bytes: Int64,
        to path: RemotePath,
        appends: Bool = false,
        _ source: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws {
        let exchange = exchange()
        exchange.source = source
        let transfer = RemoteRequest.Transfer.upload(bytes: bytes, appends: appends)
        _ = try perform(RemoteRequest(path: path, transfer: transfer), exchange)
    }

    private func base() throws -> RemotePath? {
        if let known = home.withLock({ $0 }) { return known }
        let found = try server.dialect.home(self)
        home.withLock { $0 = found }
        return found
    }

    private func exchange() -> RemoteExchange {
        RemoteExchange(hostKeys: server.hostKeys, stall: server.limits.stall)
    }

    private func perform(
        _ request: RemoteRequest,
        _ exchange: RemoteExchange
    ) throws
        -> RemoteStatus
    {
        try lock.withLock { _ in
            let opened = try handle ?? RemoteHandle(server)
            handle = opened
            return try opened.perform(request, exchange)
        }
    }
}
