// SPDX-License-Identifier: Apache-2.0
import Foundation

/// P4 and P10 of goals.md: the API under load, by curl and wrk.
struct APISuite {
    let options: Options

    /// P10: a page of 50 among as many tasks as rows, against a bare route that returns its bytes.
    func showPages(_ server: PostgresProcess?) throws {
        let files = try BenchFiles(options, .first)
        defer { files.remove() }
        let ground = try Ground(files, server)
        let api = try ServedAPI(ground, files, tasks: options.rows)
        let path = "/v1/task?count=50"
        let floor = try wrk(api.bare, path, api.token, seconds: 10).perSecond
        let ours = try wrk(api.port, path, api.token, seconds: 10).perSecond
        // Half of what the goal asks for.
        let p99 = OpenLoop(port: api.port, path: path, token: api.token)
            .p99(perSecond: 0.2 * floor, seconds: 10)
        try api.end()
        try ground.clear()
        print(
            "\(server == nil ? "P10" : "P10p") pages of 50 among \(options.rows): "
                + String(
                    format: "%.0f a second, floor %.0f, ratio %.2f; ",
                    ours,
                    floor,
                    ours / floor
                )
                + String(format: "p99 %.1f ms at 0.2 of the floor", p99)
        )
    }

    /// 64 connections for a minute while an import runs: nothing but 200.
    func showBeside(_ server: PostgresProcess?) throws {
        let files = try BenchFiles(options, .first)
        defer { files.remove() }
        let ground = try Ground(files, server)
        let api = try ServedAPI(ground, files, tasks: 1_000)
        let importing = try Child(["import", ground.address, files.folder + "/data", files.first])
        let found = try wrk(api.port, "/v1/task?count=50", api.token, seconds: 60)
        let words = try importing.output().split(separator: " ")
        try api.end()
        try ground.clear()
        print(
            "\(server == nil ? "P10" : "P10p")i 64 connections for a minute beside an import: "
                + String(format: "%.0f a second, ", found.perSecond)
                + "\(found.failures) failures; import \(words.first ?? "?") s"
        )
    }

    /// P4: all rows as bulks of 1,000 by HTTP, until the last has finished.
    func showBulks(_ server: PostgresProcess?) throws {
        let files = try BenchFiles(options, .first)
        defer { files.remove() }
        let ground = try Ground(files, server)
        try ground.floor.create()
        let floor = try ground.floor.load(files.first, stamp: 1)
        let bodies = files.folder + "/bodies"
        _ = try Child(["bodies", files.first, bodies]).output()
        let api = try ServedAPI(ground, files, tasks: 0)
        let start = Date()
        let count = try post(bodies, api)
        var finished = 0
        while finished < count, Date().timeIntervalSince(start) < 600 {
            usleep(100_000)
            finished = try api.finishedBulks()
        }
        let seconds = Date().timeIntervalSince(start)
        try api.end()
        try ground.clear()
        print(
            "\(server == nil ? "P4" : "P4p") \(finished) of \(count) bulks by HTTP, finished: "
                + String(
                    format: "%.2f s, floor %.2f s, ratio %.2f",
                    seconds,
                    floor,
                    seconds / floor
                )
        )
    }

    private func post(_ bodies: String, _ api: ServedAPI) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: bodies).sorted()
        let transfers = names.map { name in
            """
            url = "http://127.0.0.1:\(api.port)/v1/members/imports"
            header = "Authorization: Bearer \(api.token)"
            header = "Content-Type: application/json"
            data-binary = "@\(bodies)/\(name)"
            output = "/dev/null"
            """
        }
        let configuration = bodies + ".curl"
        try transfers.joined(separator: "\nnext\n")
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        _ = try Tool.output("/usr/bin/curl", ["-sS", "--fail", "-K", configuration])
        return names.count
    }

    private func wrk(
        _ port: Int,
        _ path: String,
        _ token: String,
        seconds: Int
    ) throws -> (perSecond: Double, failures: String) {
        let text = try Tool.output(
            "/usr/bin/wrk",
            [
                "-t2", "-c64", "-d\(seconds)s", "-H", "Authorization: Bearer \(token)",
                "http://127.0.0.1:\(port)\(path)",
            ]
        )
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let rate = lines.first { $0.hasPrefix("Requests/sec:") }?.split(separator: " ").last
        let failures = lines.filter { $0.hasPrefix("Non-2xx") || $0.hasPrefix("Socket errors") }
        return (
            rate.flatMap { Double($0) } ?? 0,
            failures.isEmpty ? "no" : failures.joined(separator: ", ")
        )
    }
}

/// The API in a process of its own.
struct ServedAPI {
    let port: Int
    let bare: Int
    let token: String
    private let child: Child

    init(_ ground: Ground, _ files: BenchFiles, tasks: Int) throws {
        child = try Child(["serve", ground.address, files.folder + "/data", "\(tasks)"])
        let words = try child.line().split(whereSeparator: \.isWhitespace)
        guard words.count == 3, let port = Int(words[0]), let bare = Int(words[1]) else {
            throw BenchError.importFailed("the server did not start")
        }
        self.port = port
        self.bare = bare
        token = String(words[2])
    }

    /// How many bulks of the import `bench` have finished.
    func finishedBulks() throws -> Int {
        var finished = 0
        var start = ""
        repeat {
            let text = try Tool.output(
                "/usr/bin/curl",
                [
                    "-sS", "-H", "Authorization: Bearer \(token)",
                    "http://127.0.0.1:\(port)/v1/members/imports/bench?count=200" + start,
                ]
            )
            finished += text.components(separatedBy: "\"status\":\"finished\"").count - 1
            let next = text.firstMatch(of: #/"next":"(\d+)"/#).map { String($0.1) }
            start = next.map { "&start=\($0)" } ?? ""
        } while !start.isEmpty
        return finished
    }

    func end() throws { _ = try child.closeAndRead() }
}

/// A program from Debian.
enum Tool {
    static func output(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError.floorFailed }
        return String(decoding: data, as: UTF8.self)
    }
}
