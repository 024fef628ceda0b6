// SPDX-License-Identifier: Apache-2.0
import API
import Foundation

extension Configuration {
    /// Sets under which address the world reaches the installation, and where it listens for it.
    ///
    /// With an address alone it listens at `127.0.0.1:8081`, for a proxy to forward to; without either
    /// it does not listen.
    ///
    /// - Parameters:
    ///   - url: `https://HOST` or `https://HOST:PORT`; http too, for tests. Nil to leave it.
    ///   - place: `HOST:PORT`; nil to leave it.
    /// - Throws: ``ConfigurationError/badPublicURL(_:)``, ``ConfigurationError/badListen(_:)``.
    public mutating func reach(at url: String?, listeningAt place: String?) throws {
        if let url, !url.isEmpty {
            guard let address = Configuration.webAddress(url) else {
                throw ConfigurationError.badPublicURL(url)
            }
            publicURL = address
        }
        guard publicURL != nil || place != nil else { return }
        var options = publicListener ?? Configuration.standardPublicListener
        options.proxies = api.proxies
        if let place { (options.host, options.port) = try Configuration.place(place) }
        publicListener = options
    }

    /// 1,000 requests a second of one peer, which may be a proxy of many: ten times as many at once.
    private static var standardPublicListener: ServerOptions {
        var options = ServerOptions()
        options.port = 8_081
        options.requestsPerSecond = 1_000
        return options
    }

    /// Sets what stands before the installation.
    ///
    /// - Parameters:
    ///   - proxies: Addresses and networks of proxies whose `X-Forwarded-For` says who calls; nil to
    ///     leave it.
    ///   - url: `https://HOST` or `https://HOST:PORT`, under which people reach the console; nil to
    ///     leave it.
    /// - Throws: ``ConfigurationError/badProxies(_:)``, ``ConfigurationError/badConsoleURL(_:)``.
    mutating func stand(behind proxies: String?, at url: String?) throws {
        if let proxies {
            guard let list = ProxyList(proxies) else {
                throw ConfigurationError.badProxies(proxies)
            }
            api.proxies = list
            publicListener?.proxies = list
        }
        guard let url, !url.isEmpty else { return }
        guard let address = Configuration.webAddress(url) else {
            throw ConfigurationError.badConsoleURL(url)
        }
        consoleURL = address
    }

    /// The address of a server without a path; nil when it is none.
    private static func webAddress(_ text: String) -> String? {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let parts = URLComponents(string: trimmed), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty,
            parts.path.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil
        else { return nil }
        return trimmed
    }
}
