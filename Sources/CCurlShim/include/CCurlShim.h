// SPDX-License-Identifier: Apache-2.0
// curl_easy_setopt and curl_easy_getinfo are variadic; Swift calls these typed forms.
#pragma once
#include <curl/curl.h>

CURLcode millrace_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode millrace_curl_set_pointer(CURL *handle, CURLoption option, const void *value);
CURLcode millrace_curl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode millrace_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode millrace_curl_set_read(CURL *handle, curl_read_callback callback, void *context);
CURLcode millrace_curl_set_write(CURL *handle, curl_write_callback callback, void *context);
CURLcode millrace_curl_set_header(CURL *handle, curl_write_callback callback, void *context);
CURLcode millrace_curl_set_debug(CURL *handle, curl_debug_callback callback, void *context);
CURLcode millrace_curl_set_opener(CURL *handle, curl_opensocket_callback callback, void *context);
CURLcode millrace_curl_set_progress(CURL *handle, curl_xferinfo_callback callback, void *context);
CURLcode millrace_curl_set_started(CURL *handle, curl_prereq_callback callback, void *context);
CURLcode millrace_curl_set_host_key(CURL *handle, curl_sshhostkeycallback callback, void *context);
CURLcode millrace_curl_set_closer(CURL *handle, curl_closesocket_callback callback, void *context);
CURLcode millrace_curl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count);
CURLcode millrace_curl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode millrace_curl_get_string(CURL *handle, CURLINFO info, const char **value);
CURLcode millrace_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);

// A file that lies in memory and has no name, for a private key that libcurl wants to read from one.
int millrace_memory_file(void);
