#include "trust.h"

#include <ctype.h>
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Tools that keep both write them together. What is newer than the folder, or mounted into it, was
   changed by hand, and may hold more. */
static bool is_apart(const char *bundle, const char *folder) {
  struct stat of_bundle;
  struct stat of_folder;
  return stat(bundle, &of_bundle) == 0 &&
         (stat(folder, &of_folder) != 0 || of_bundle.st_dev != of_folder.st_dev ||
          of_bundle.st_mtime > of_folder.st_mtime);
}

static bool is_readable(const char *path) {
  return path != NULL && access(path, R_OK) == 0;
}

void azion_trust_find(const char **bundle, const char **folder) {
  const curl_version_info_data *libcurl = curl_version_info(CURLVERSION_NOW);
  *bundle = is_readable(libcurl->cainfo) ? libcurl->cainfo : NULL;
  *folder = is_hashed(libcurl->capath) ? libcurl->capath : NULL;
  if (*bundle != NULL && *folder != NULL && !is_apart(*bundle, *folder)) {
    *bundle = NULL;
  }
}

bool azion_trust_apply(const struct azion_trust *trust, struct azion_setting *setting) {
  if (trust->text.data != NULL) {
    return AZION_SET(setting, CAINFO_BLOB, &trust->text) &&
           AZION_SET(setting, PROXY_CAINFO_BLOB, &trust->text);
  }
  if (trust->file == NULL && trust->folder == NULL) {
    return true; /* libcurl has a store of the system's */
  }
  return AZION_SET(setting, CAINFO, trust->file) && AZION_SET(setting, CAPATH, trust->folder) &&
         AZION_SET(setting, PROXY_CAINFO, trust->file) &&
         AZION_SET(setting, PROXY_CAPATH, trust->folder);
}
