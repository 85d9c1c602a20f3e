#define _DEFAULT_SOURCE /* strdup, st_mtim */

#include "trust.h"

#include "buffer.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LARGEST_FILE = 16 * 1024 * 1024 };

/* ---- files of certificates ---- */

static bool append_all(struct azion_buffer *text, FILE *file, const char **problem) {
  char part[16384];
  size_t length;
  while ((length = fread(part, 1, sizeof part, file)) > 0) {
    if (text->length + length > LARGEST_FILE) {
      *problem = "the file is too large to be one of certificates";
      return false;
    }
    if (!azion_buffer_append(text, part, length)) {
      *problem = "out of memory";
      return false;
    }
  }
  if (ferror(file)) {
    *problem = errno == EISDIR ? "it is a directory" : "the file cannot be read";
    return false;
  }
  return true;
}

static const char *reason_of(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return "there is no such file";
  case EACCES:
  case EPERM:
    return "permission to read the file is denied";
  case EMFILE:
  case ENFILE:
    return "too many files are open (ulimit -n)";
  default:
    return "the file cannot be opened";
  }
}

static bool append_file(struct azion_buffer *text, const char *path, const char **problem) {
  FILE *file = fopen(path, "rbe");
  if (file == NULL) {
    *problem = reason_of(errno);
    return false;
  }
  bool read = append_all(text, file, problem) && azion_buffer_append(text, "\n", 1);
  (void)fclose(file);
  return read;
}

enum { SHORTEST_CERTIFICATE = 200 }; /* bytes in base64 */

/* Base64 of something that begins like a certificate: a SEQUENCE of more than 127 bytes. */
static bool is_certificate(const char *text, size_t length) {
  size_t at = strspn(text, " \t\r\n");
  if (length < at + SHORTEST_CERTIFICATE || memcmp(text + at, "MI", 2) != 0) {
    return false;
  }
  while (at < length && (isalnum((unsigned char)text[at]) || isspace((unsigned char)text[at]) ||
                         text[at] == '+' || text[at] == '/' || text[at] == '=')) {
    at++;
  }
  return at == length;
}

/* `text` ends in NUL. */
static bool has_certificate(const char *text) {
  static const char *const labels[] = {"CERTIFICATE-----", "X509 CERTIFICATE-----",
                                       "TRUSTED CERTIFICATE-----"};
  const char *begin = text;
  while ((begin = strstr(begin, "-----BEGIN ")) != NULL) {
    begin += strlen("-----BEGIN ");
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
      size_t length = strlen(labels[i]);
      const char *end = strncmp(begin, labels[i], length) == 0 ? strstr(begin, "-----END ") : NULL;
      if (end != NULL && is_certificate(begin + length, (size_t)(end - begin) - length)) {
        return true;
      }
    }
  }
  return false;
}

/* ---- what the system has ---- */

/* OpenSSL looks for authorities by the hash of their names: "5ed36f99.0". */
static bool is_hash(const char *name) {
  return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' && isdigit((unsigned char)name[9]);
}

static bool is_hashed(const char *folder) {
  DIR *entries = folder != NULL ? opendir(folder) : NULL;
  bool found = false;
  struct dirent *entry;
  while (entries != NULL && !found && (entry = readdir(entries)) != NULL) {
    found = is_hash(entry->d_name);
  }
  if (entries != NULL) {
    (void)closedir(entries);
  }
  return found;
}

static bool is_newer(const struct stat *a, const struct stat *b) {
#if defined(__APPLE__)
  const struct timespec x = a->st_mtimespec;
  const struct timespec y = b->st_mtimespec;
#else
  const struct timespec x = a->st_mtim;
  const struct timespec y = b->st_mtim;
#endif
  return x.tv_sec > y.tv_sec || (x.tv_sec == y.tv_sec && x.tv_nsec > y.tv_nsec);
}

/* Tools that keep both write them together. What is newer than the folder, or mounted into it, was
   changed by hand, and may hold more. */
static bool is_apart(const char *bundle, const char *folder) {
  struct stat of_bundle;
  struct stat of_folder;
  return stat(bundle, &of_bundle) == 0 &&
         (stat(folder, &of_folder) != 0 || of_bundle.st_dev != of_folder.st_dev ||
          is_newer(&of_bundle, &of_folder));
}

static bool is_readable(const char *path) {
  FILE *file = path != NULL ? fopen(path, "rbe") : NULL;
  return file != NULL && fclose(file) == 0;
}

/* ---- the choice ---- */

static bool copy(char **target, const char *text) {
  if (text != NULL) {
    *target = strdup(text);
  }
  return text == NULL || *target != NULL;
}

static bool join(struct azion_trust *trust, const char *bundle, struct azion_buffer *certificates,
                 const char **problem) {
  if (!append_file(certificates, bundle, problem)) {
    return false;
  }
  trust->both.data = malloc(certificates->length);
  if (trust->both.data == NULL) {
    *problem = "out of memory";
    return false;
  }
  memcpy(trust->both.data, certificates->bytes, certificates->length);
  trust->both.len = certificates->length;
  trust->both.flags = CURL_BLOB_NOCOPY;
  return true;
}

/* A bundle is parsed as a whole, which takes tens of milliseconds: libcurl keeps the result only
   where it was told of no folder and of no bytes. Of a folder, only what is needed is read. */
static bool choose(struct azion_trust *trust, const char *ca_file,
                   struct azion_buffer *certificates, const char **problem) {
  const curl_version_info_data *libcurl = curl_version_info(CURLVERSION_NOW);
  const char *bundle = is_readable(libcurl->cainfo) ? libcurl->cainfo : NULL;
  const char *folder = is_hashed(libcurl->capath) ? libcurl->capath : NULL;
  if (bundle != NULL && folder != NULL && !is_apart(bundle, folder)) {
    bundle = NULL;
  }
  if (bundle != NULL && ca_file != NULL) {
    return join(trust, bundle, certificates, problem);
  }
  *problem = "out of memory";
  return copy(&trust->file, ca_file != NULL ? ca_file : bundle) && copy(&trust->folder, folder);
}

static bool read_own(struct azion_buffer *certificates, const char *ca_file, const char **problem) {
  if (!append_file(certificates, ca_file, problem)) {
    return false;
  }
  *problem = "out of memory";
  if (!azion_buffer_append(certificates, "", 1)) {
    return false;
  }
  certificates->length--;
  *problem = "the file has no certificate in PEM form";
  return has_certificate(certificates->bytes);
}

bool azion_trust_open(struct azion_trust *trust, const char *ca_file, const char **problem) {
  struct azion_buffer certificates = {0};
  bool opened = (ca_file == NULL || read_own(&certificates, ca_file, problem)) &&
                choose(trust, ca_file, &certificates, problem);
  azion_buffer_free(&certificates);
  return opened;
}

bool azion_trust_apply(const struct azion_trust *trust, struct azion_setting *setting) {
  if (trust->both.data != NULL) {
    return AZION_SET(setting, CAINFO_BLOB, &trust->both) &&
           AZION_SET(setting, PROXY_CAINFO_BLOB, &trust->both);
  }
  if (trust->file == NULL && trust->folder == NULL) {
    return true; /* libcurl has a store of the system's */
  }
  return AZION_SET(setting, CAINFO, trust->file) && AZION_SET(setting, CAPATH, trust->folder) &&
         AZION_SET(setting, PROXY_CAINFO, trust->file) &&
         AZION_SET(setting, PROXY_CAPATH, trust->folder);
}

void azion_trust_close(struct azion_trust *trust) {
  free(trust->file);
  free(trust->folder);
  free(trust->both.data);
  *trust = (struct azion_trust){0};
}
