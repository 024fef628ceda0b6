// SPDX-License-Identifier: Apache-2.0
import API
import Crypto
import Foundation

/// The stylesheet, the script and the icon.
enum Assets {
    private struct Asset {
        let mediaType: String
        let bytes: [UInt8]
    }

    private static let files: [String: Asset] = [
        "console.css": Asset(
            mediaType: "text/css; charset=utf-8",
            bytes: Array(Stylesheet.text.utf8)
        ),
        "console.js": Asset(
            mediaType: "text/javascript; charset=utf-8",
            bytes: Array(Script.text.utf8)
        ),
        "icon.svg": Asset(mediaType: "image/svg+xml", bytes: Array(Icon.file.utf8)),
    ]

    /// What changes when any of them changes, so that browsers may keep them.
    static let version: String = {
        let digest = SHA256.hash(data: Data((Stylesheet.text + Script.text).utf8))
        return digest.prefix(6).map { String($0, radix: 16) }.joined()
    }()

    /// The answer, when the path is one of these.
    static func answer(_ request: SiteRequest) -> SiteAnswer? {
        guard request.path.count == 3, request.path[1] == "assets",
            let asset = files[request.path[2]]
        else { return nil }
        return SiteAnswer(
            status: 200,
            headers: [
                ("Content-Type", asset.mediaType),
                ("Cache-Control", "public, max-age=31536000, immutable"),
            ],
            body: .bytes(asset.bytes)
        )
    }
}
