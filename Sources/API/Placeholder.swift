// SPDX-License-Identifier: Apache-2.0
import Hummingbird
import HummingbirdTLS
