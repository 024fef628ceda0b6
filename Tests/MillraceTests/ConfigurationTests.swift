// SPDX-License-Identifier: Apache-2.0
import API
import Database
import Messaging
import Millrace
import Testing

/// Where an installation keeps its data, from what it is told.
struct ConfigurationTests {
    static let folders: [(String, String?, [String: String], String)] = [
        ("sqlite:/var/m.db", nil, [:], "/var/m.db-data"),
        ("sqlite:/var/m.db", nil, ["MILLRACE_DATA": "/data"], "/data"),
        ("postgres://ann@db/m", nil, [:], "millrace-data"),
        ("postgres://ann@db/m", nil, ["MILLRACE_DATA": "/data"], "/data"),
        ("postgres://ann@db/m", "/mine", ["MILLRACE_DATA": "/data"], "/mine"),
    ]

    @Test(arguments: folders)
    func `the data folder is the one that is named, or the database's usual one`(
        address: String,
        given: String?,
        environment: [String: String],
        expected: String
    ) throws {
        let configuration = try Configuration(
            address: address,
            dataFolder: given,
            environment: environment
        )
        #expect(configuration.dataFolder == expected)
        #expect(configuration.witnessFile == expected + "-witness")
    }

    @Test func `what stands before the installation holds for all listeners`() throws {
        var configuration = try Configuration(
            address: "sqlite:/var/m.db",
            environment: [
                "MILLRACE_PROXIES": "127.0.0.1, 10.0.0.0/8",
                "MILLRACE_CONSOLE_URL": "https://console.example/",
                "MILLRACE_PUBLIC_URL": "https://news.example",
            ]
        )
        let proxies = try #require(ProxyList("127.0.0.1 10.0.0.0/8"))
        #expect(configuration.consoleURL == "https://console.example")
        #expect(configuration.api.proxies == proxies)
        #expect(configuration.publicListener?.proxies == proxies)
        configuration.publicListener = nil
        try configuration.reach(at: nil, listeningAt: "127.0.0.1:0")
        #expect(configuration.publicListener?.proxies == proxies)
    }

    @Test(arguments: [
        ("MILLRACE_PROXIES", "proxy.example"), ("MILLRACE_PROXIES", "10.0.0.0/33"),
        ("MILLRACE_CONSOLE_URL", "console.example"),
        ("MILLRACE_CONSOLE_URL", "https://console.example/console"),
    ])
    func `a proxy or an address that is none is refused`(name: String, text: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(address: "sqlite:/var/m.db", environment: [name: text])
        }
        #expect(error.map { "\($0)".contains(text) } == true)
    }

    @Test(arguments: [nil, "/data"])
    func `a database in memory is refused, whatever the folder`(folder: String?) {
        #expect(throws: ConfigurationError.noMemoryDatabase) {
            try Configuration(address: "sqlite::memory:", dataFolder: folder, environment: [:])
        }
    }

    @Test(arguments: [
        "mysql://ann:s3cret@db/m", "postgres://ann:s3cret@db/m?pool_size=none",
        "postgres://ann:s3/cr@et@db/m?pool_size=0", "postgres://db/m?password=s3cret&pool_size=x",
    ])
    func `an address that is refused is named without its password`(address: String) throws {
        do {
            _ = try Configuration(address: address, environment: [:])
            Issue.record("\(address) was taken")
        } catch {
            #expect("\(error)".contains("db/m"))
            #expect(!"\(error)".contains("s3"))
        }
    }

    @Test func `an address is shown without its password`() throws {
        let configuration = try Configuration(
            address: "postgres://ann:s3cret@db/m?sslmode=require",
            environment: [:]
        )
        let shown = configuration.database.description
        #expect(shown == "postgres://ann:***@db/m?sslmode=require")
    }

    @Test func `a public address makes a listener, for a proxy unless a place is named`() throws {
        let none = try Configuration(address: "sqlite:/m.db", environment: [:])
        #expect(none.publicURL == nil && none.publicListener == nil)
        let proxied = try Configuration(
            address: "sqlite:/m.db",
            environment: ["MILLRACE_PUBLIC_URL": "https://news.example.org/"]
        )
        #expect(proxied.publicURL == "https://news.example.org")
        #expect(proxied.publicListener != nil)
        let own = try Configuration(
            address: "sqlite:/m.db",
            environment: [
                "MILLRACE_PUBLIC_URL": "https://news.example.org:444",
                "MILLRACE_PUBLIC_LISTEN": "0.0.0.0:444",
                "MILLRACE_BOUNCE_ADDRESS": "bounces@mail.example.org",
            ]
        )
        #expect(own.publicListener != nil && own.publicURL == "https://news.example.org:444")
        #expect(own.bounceAddress?.text == "bounces@mail.example.org")
    }

    @Test(arguments: [
        ("MILLRACE_PUBLIC_URL", "news.example.org"), ("MILLRACE_PUBLIC_URL", "ftp://a.example"),
        ("MILLRACE_PUBLIC_URL", "https://a.example/path"), ("MILLRACE_PUBLIC_LISTEN", "8081"),
        ("MILLRACE_BOUNCE_ADDRESS", "bounces"),
        ("MILLRACE_BOUNCE_ADDRESS", "a-name-that-is-long@a.example"),
    ])
    func `a public address or one for returned mails that is none is refused`(
        name: String,
        value: String
    ) {
        #expect(throws: ConfigurationError.self) {
            try Configuration(address: "sqlite:/m.db", environment: [name: value])
        }
    }
}
