// The documents are in the form in which AWS and Ceph write them.

#include "store-s3/s3_xml.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

TEST(S3Xml, reads_the_words_of_an_error) {
  const auto words = parse_error(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AuthorizationHeaderMalformed</Code><Message>The "
      "region\n'us-east-1' is wrong</Message><Region>eu-west-1</Region><RequestId>1</RequestId></Error>");
  EXPECT_EQ(words.code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(words.message, "The region 'us-east-1' is wrong");
  EXPECT_EQ(words.region, "eu-west-1");
}

TEST(S3Xml, finds_no_words_in_what_is_no_error) {
  for (const std::string body : {"", "not found", "<html><body><Code>x</Code></body></html>", "<Error><Code>x</Co",
                                 "{\"Code\": \"x\"}", "<Error/>"}) {
    EXPECT_EQ(parse_error(body).code, "") << body;
    EXPECT_EQ(parse_error(body).message, "") << body;
  }
}

TEST(S3Xml, makes_words_fit_for_a_line) {
  const auto words =
      parse_error("<Error><Message>a&#10;b&#27;[31m\xc3\xa9" + std::string(1000, 'x') + "</Message></Error>");
  EXPECT_EQ(words.message.substr(0, 10), "a b [31m??");
  EXPECT_LE(words.message.size(), 300u);
}

TEST(S3Xml, expands_no_entities_of_a_document) {
  const auto words = parse_error(
      "<!DOCTYPE e [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
      "<Error><Code>&a;</Code><Message>&f;</Message></Error>");
  EXPECT_EQ(words.code, "&a;");
  EXPECT_EQ(words.message, "&f;");
}

TEST(S3Xml, survives_depth) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<a>";
  EXPECT_EQ(parse_error("<Error>" + deep).code, "");
  for (int i = 0; i < 200'000; ++i) deep += "</a>";
  EXPECT_EQ(parse_error("<Error>" + deep + "<Code>x</Code></Error>").code, "x");
}

TEST(S3Xml, reads_a_page_of_objects) {
  const auto page = parse_object_page(R"(<?xml version="1.0"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><EncodingType>url</EncodingType>
<IsTruncated>true</IsTruncated><NextContinuationToken>1/AbC=</NextContinuationToken>
<Contents><Key>m/localhost%3A5000/a+b%2B</Key><LastModified>2009-10-12T17:50:30.123Z</LastModified>
<ETag>&quot;fba9&quot;</ETag><Size>5368709121</Size></Contents>
<CommonPrefixes><Prefix>m/x%20y/</Prefix></CommonPrefixes></ListBucketResult>)");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "m/localhost:5000/a b+");
  EXPECT_EQ(page->objects[0].etag, "\"fba9\"");
  EXPECT_EQ(page->objects[0].size, 5368709121u);
  EXPECT_EQ(page->objects[0].modified, system_clock::time_point(seconds(1255369830)));
  EXPECT_EQ(page->folders, std::vector<std::string>{"m/x y/"});
  EXPECT_EQ(page->next, "1/AbC=");
}

TEST(S3Xml, takes_keys_as_they_are_where_the_service_does_not_encode_them) {
  const auto page =
      parse_object_page("<ListBucketResult><Contents><Key>a%20b+c</Key><Size>1</Size></Contents></ListBucketResult>");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->objects.at(0).key, "a%20b+c");
}

TEST(S3Xml, leaves_out_entries_that_lack_something) {
  const auto page = parse_object_page(R"(<ListBucketResult><EncodingType>url</EncodingType>
<Contents><Size>1</Size></Contents><Contents><Key>a</Key></Contents><Contents><Key>a</Key><Size>-1</Size></Contents>
<Contents><Key>%zz</Key><Size>1</Size></Contents><Contents><Key>%2</Key><Size>1</Size></Contents></ListBucketResult>)");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->objects.empty());
}

TEST(S3Xml, does_not_take_a_page_for_the_last_that_says_it_is_not) {
  EXPECT_FALSE(parse_object_page("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"));
  EXPECT_FALSE(
      parse_upload_page("<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>"));
  EXPECT_FALSE(parse_part_page("<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>"));
}

TEST(S3Xml, refuses_another_document) {
  for (const std::string body : {"", "<Error><Code>x</Code></Error>", "<ListBucketResult>"}) {
    EXPECT_EQ(parse_object_page(body).error().code, Errc::protocol) << body;
    EXPECT_EQ(parse_upload_page(body).error().code, Errc::protocol) << body;
    EXPECT_EQ(parse_part_page(body).error().code, Errc::protocol) << body;
    EXPECT_EQ(parse_upload_id(body).error().code, Errc::protocol) << body;
  }
}

TEST(S3Xml, reads_a_page_of_uploads) {
  const auto page = parse_upload_page(R"(<s:ListMultipartUploadsResult xmlns:s="x"><s:IsTruncated>true</s:IsTruncated>
<s:NextKeyMarker>b</s:NextKeyMarker><s:NextUploadIdMarker>i2</s:NextUploadIdMarker>
<s:Upload><s:Key>a</s:Key><s:UploadId>i1</s:UploadId><s:Initiated>2010-11-10T20:48:33.000Z</s:Initiated></s:Upload>
<s:Upload><s:Key>b</s:Key></s:Upload></s:ListMultipartUploadsResult>)");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->uploads.size(), 1u);
  EXPECT_EQ(page->uploads[0].key, "a");
  EXPECT_EQ(page->uploads[0].id, "i1");
  EXPECT_EQ(page->uploads[0].begun, system_clock::time_point(seconds(1289422113)));
  EXPECT_EQ(page->next_key, "b");
  EXPECT_EQ(page->next_id, "i2");
}

TEST(S3Xml, reads_a_page_of_parts_and_writes_them_down) {
  const auto page = parse_part_page(R"(<ListPartsResult><IsTruncated>true</IsTruncated>
<NextPartNumberMarker>2</NextPartNumberMarker><Part><PartNumber>1</PartNumber><ETag>"7778"</ETag><Size>10</Size></Part>
<Part><PartNumber>2</PartNumber><ETag>a&amp;b</ETag><Size>4</Size></Part></ListPartsResult>)");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->parts, (std::vector<S3Part>{{1, "\"7778\"", 10}, {2, "\"a&b\"", 4}}));
  EXPECT_EQ(page->next, "2");
  EXPECT_EQ(completion_of(page->parts),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;7778&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>&quot;a&amp;b&quot;</ETag></Part></CompleteMultipartUpload>");
}

TEST(S3Xml, reads_the_id_of_an_upload) {
  EXPECT_EQ(parse_upload_id("<InitiateMultipartUploadResult><UploadId>2~x</UploadId></InitiateMultipartUploadResult>")
                .value(),
            "2~x");
  EXPECT_FALSE(parse_upload_id("<InitiateMultipartUploadResult><Key>x</Key></InitiateMultipartUploadResult>"));
}

}  // namespace
}  // namespace regtool
